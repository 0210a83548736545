import { makeReason, type Evidence, type HostFacts, type PredicateAnswerV1 } from '@switchyard/core';
import { ORT_VERSION } from './ort-facts.ts';
import type { OrtProvider } from './ort-provider.ts';

/**
 * Whether onnxruntime-node has a build for a machine: the part of a predicate's answer that does not
 * depend on hardware. `reasons` is empty exactly when `eligible` is `yes`.
 */
export type OrtPlatformAnswer = Pick<PredicateAnswerV1, 'eligible' | 'reasons'>;

// Read from the npm package of 1.30.0: the folders under `bin/napi-v6`, and the provider names in each binding.
const PROVIDERS: Readonly<Record<string, readonly OrtProvider['name'][]>> = {
  'linux x64': ['cpu', 'webgpu', 'cuda', 'tensorrt'],
  'linux arm64': ['cpu'],
  'darwin arm64': ['cpu', 'coreml', 'webgpu'],
  'win32 x64': ['cpu', 'webgpu'],
  'win32 arm64': ['cpu', 'webgpu'],
};

const MINIMUM_GLIBC = '2.28';
const MINIMUM_MACOS = '14.0';

/**
 * Decides from host facts whether onnxruntime-node has a build here with this provider in it. Pure and
 * total. Sources: the npm package of 1.30.0, the version needs of its Linux binaries (glibc 2.28) and
 * the `minos` of its macOS library (14.0).
 */
export function ortPlatformReason(host: HostFacts, provider: OrtProvider['name'] = 'cpu'): OrtPlatformAnswer {
  const { platform, arch } = host.os;
  const where = `${platform} ${arch}`;
  const evidence: readonly Evidence[] = [
    { path: 'os.platform', value: platform },
    { path: 'os.arch', value: arch },
  ];
  const providers = Object.hasOwn(PROVIDERS, where) ? PROVIDERS[where] : undefined;
  if (where === 'darwin x64') return intelMac(host, evidence, provider);
  if (providers === undefined) {
    const others = `Use one of ${Object.keys(PROVIDERS).join(', ')}.`;
    return no(
      `onnxruntime-node ${ORT_VERSION} has no build for ${where}.`,
      evidence,
      arch === 'x64' || arch === 'arm64' ? instead(provider, others) : others,
    );
  }
  if (!providers.includes(provider)) {
    return no(
      `onnxruntime-node ${ORT_VERSION} for ${where} was built without the \`${provider}\` provider; it has ${providers.map((name) => `\`${name}\``).join(', ')}.`,
      evidence,
      'Use another backend on this machine.',
    );
  }
  if (platform === 'linux') return linux(host, provider);
  if (platform === 'darwin') return macos(host, provider);
  return YES;
}

const YES: OrtPlatformAnswer = Object.freeze({ eligible: 'yes', reasons: Object.freeze([]) });

/**
 * What works instead. Whoever wanted the CPU gets the same from WebAssembly without any build; whoever wanted a
 * device does not, so that nothing of it is said there.
 */
function instead(provider: OrtProvider['name'], remedy: string): string {
  if (provider !== 'cpu') return remedy;
  const wasm =
    'Run `npm install @switchyard/backend-wasm` and use `--backend wasm`, which needs no native build.';
  return `${wasm} Or ${remedy.charAt(0).toLowerCase()}${remedy.slice(1)}`;
}

function intelMac(
  host: HostFacts,
  evidence: readonly Evidence[],
  provider: OrtProvider['name'],
): OrtPlatformAnswer {
  const { rosetta } = host.environment;
  if (rosetta.known && rosetta.value) {
    return no(
      `This Node.js is an x64 build that Rosetta translates, and onnxruntime-node ${ORT_VERSION} has no build for darwin x64.`,
      [...evidence, { path: 'environment.rosetta', value: true }],
      'Install the arm64 build of Node.js, then install the project again.',
    );
  }
  return no(
    `onnxruntime-node ${ORT_VERSION} has no build for Intel Macs; there has been none since version 1.24.`,
    evidence,
    instead(
      provider,
      rosetta.known
        ? 'Use a Mac with Apple silicon, Linux or Windows.'
        : 'If this is a Mac with Apple silicon, install the arm64 build of Node.js; otherwise use Linux or Windows.',
    ),
  );
}

function linux({ libc }: HostFacts, provider: OrtProvider['name']): OrtPlatformAnswer {
  if (!libc.known) {
    return unknown(`Which C library this system has is not known: ${libc.why}`, {
      path: 'libc',
      value: libc.why,
    });
  }
  const { flavour, version } = libc.value;
  const evidence: readonly Evidence[] = [{ path: 'libc', value: libc.value }];
  if (flavour === 'musl') {
    return no(
      `onnxruntime-node ${ORT_VERSION} is built for glibc, and this system (Alpine or a relative) has musl ${version}.`,
      evidence,
      instead(provider, 'Use an image with glibc, such as `node:24-bookworm-slim`.'),
    );
  }
  const older = isOlder(version, MINIMUM_GLIBC);
  if (older === null)
    return unknown(`The glibc version \`${version}\` is not one that can be compared.`, evidence[0]!);
  if (!older) return YES;
  return no(
    `onnxruntime-node ${ORT_VERSION} needs glibc ${MINIMUM_GLIBC}, and this system has ${version}.`,
    evidence,
    instead(
      provider,
      'Use a newer distribution (Debian 10, Ubuntu 18.10, RHEL 8 or later), or an image such as `node:24-bookworm-slim`.',
    ),
  );
}

function macos({ os }: HostFacts, provider: OrtProvider['name']): OrtPlatformAnswer {
  if (!os.version.known) {
    return unknown(`Which macOS this is, is not known: ${os.version.why}`, {
      path: 'os.version',
      value: os.version.why,
    });
  }
  const version = os.version.value;
  const evidence: Evidence = { path: 'os.version', value: version };
  const older = isOlder(version, MINIMUM_MACOS);
  if (older === null)
    return unknown(`The macOS version \`${version}\` is not one that can be compared.`, evidence);
  if (!older) return YES;
  return no(
    `onnxruntime-node ${ORT_VERSION} needs macOS 14, and this is macOS ${version}.`,
    [evidence],
    instead(provider, 'Update macOS to 14 or later.'),
  );
}

/** Compares the first two numbers; `null` when a version does not begin with a number. */
function isOlder(version: string, minimum: string): boolean | null {
  const found = numbers(version);
  const wanted = numbers(minimum);
  if (found === null || wanted === null) return null;
  return found[0] === wanted[0] ? found[1] < wanted[1] : found[0] < wanted[0];
}

function numbers(version: string): readonly [number, number] | null {
  const match = /^(\d+)(?:\.(\d+))?/.exec(version);
  return match === null ? null : [Number(match[1]), Number(match[2] ?? 0)];
}

function no(message: string, evidence: readonly Evidence[], remedy: string): OrtPlatformAnswer {
  return { eligible: 'no', reasons: [makeReason('platform-unsupported', message, evidence, remedy)] };
}

function unknown(message: string, evidence: Evidence): OrtPlatformAnswer {
  const sentence = message.endsWith('.') ? message : `${message}.`;
  return { eligible: 'unknown', reasons: [makeReason('platform-unsupported', sentence, [evidence], null)] };
}
