import { makeReason, type HostFacts } from '@switchyard/core';
import { ortPlatformReason, type OrtPlatformAnswer } from '@switchyard/ort-host';
import { macosOfDarwin } from './macos-of-darwin.ts';

/** Oldest macOS that the engine's library loads on (`minos` of the darwin arm64 build, 1.30.0). */
const MACOS_FLOOR = 14;

/** What works on an Intel Mac. */
const WASM =
  'Run `npm install @switchyard/backend-wasm` and use `--backend wasm`, which needs no native build.';

/** Whether the engine has a build with CoreML for this system: macOS 14 or newer, in an arm64 process. */
export function coremlPlatform(host: HostFacts): OrtPlatformAnswer {
  const { platform, arch } = host.os;
  const found = { 'os.platform': platform, 'os.arch': arch };
  if (platform !== 'darwin')
    return unsupported(
      `CoreML is a part of macOS, and this is \`${platform}\`.`,
      found,
      'Use `--backend cpu` here, or run on a Mac with Apple silicon.',
    );
  if (arch !== 'arm64') return notArm64(host, found);
  const darwin = macosOfDarwin(host);
  if (darwin === null) return ortPlatformReason(host, 'coreml');
  if (darwin.macos >= MACOS_FLOOR) return { eligible: 'yes', reasons: [] };
  return unsupported(
    `The engine's npm build needs macOS ${MACOS_FLOOR}, and Darwin ${darwin.kernel} is macOS ${darwin.macos}.`,
    { ...found, 'os.kernel': darwin.kernel },
    `Update macOS to ${MACOS_FLOOR} or later.`,
  );
}

function notArm64(host: HostFacts, found: Readonly<Record<string, unknown>>): OrtPlatformAnswer {
  const { machineArch } = host.cpu;
  const { rosetta } = host.environment;
  const evidence = {
    ...found,
    'environment.rosetta': rosetta.known ? rosetta.value : rosetta.why,
    'cpu.machineArch': machineArch.known ? machineArch.value : machineArch.why,
  };
  const install = 'Install Node.js for arm64 (`node -p process.arch` must print `arm64`)';
  if ((rosetta.known && rosetta.value) || (machineArch.known && machineArch.value === 'arm64'))
    return unsupported(
      'This Mac has Apple silicon, but Node.js is the x64 build, which Rosetta translates; the engine has no build for it.',
      evidence,
      `${install} and the packages again.`,
    );
  if (machineArch.known || (rosetta.known && !rosetta.value))
    return unsupported(
      'This is an Intel Mac; the last version of the engine with a build for it was 1.23, and its CoreML path is for Apple silicon.',
      evidence,
      WASM,
    );
  return unsupported(
    'This is an x64 Node.js on macOS, for which the engine has no build; whether the Mac has Apple silicon is not known.',
    evidence,
    `${install} if the Mac has Apple silicon. On an Intel Mac: ${WASM}`,
  );
}

function unsupported(
  message: string,
  evidence: Readonly<Record<string, unknown>>,
  remedy: string,
): OrtPlatformAnswer {
  return { eligible: 'no', reasons: [makeReason('platform-unsupported', message, evidence, remedy)] };
}
