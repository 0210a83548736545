import { deepFreeze, type Fact, type HostFacts } from '@switchyard/core';
import { MACHINE_NAMES, loadMachine } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import { ortPlatformReason } from './ort-platform-reason.ts';
import type { OrtProvider } from './ort-provider.ts';

const known = <Value>(value: Value): Fact<Value> => ({ known: true, value, source: 'test' });
const unknown = (why: string): { readonly known: false; readonly why: string } => ({ known: false, why });
const base = await loadMachine('linux-plain');

function machine(platform: string, arch: string, changes: Partial<HostFacts> = {}): HostFacts {
  const version = platform === 'darwin' ? known('15.1') : base.os.version;
  return deepFreeze({ ...base, os: { ...base.os, platform, arch, version }, ...changes });
}

const glibc = (version: string): Partial<HostFacts> => ({ libc: known({ flavour: 'glibc', version }) });
const rosetta = (value: Fact<boolean>): Partial<HostFacts> => ({
  environment: { ...base.environment, rosetta: value },
});
const macos = (version: Fact<string>): HostFacts => {
  const facts = machine('darwin', 'arm64');
  return { ...facts, os: { ...facts.os, version } };
};

describe('ortPlatformReason', () => {
  it.each<[string, HostFacts, OrtProvider['name']]>([
    ['linux x64', machine('linux', 'x64'), 'cpu'],
    ['linux x64 cuda', machine('linux', 'x64'), 'cuda'],
    ['linux arm64', machine('linux', 'arm64'), 'cpu'],
    ['glibc at the floor', machine('linux', 'x64', glibc('2.28')), 'cpu'],
    ['glibc 3', machine('linux', 'x64', glibc('3.0')), 'cpu'],
    ['macOS 14', macos(known('14.0')), 'cpu'],
    ['macOS 26 coreml', macos(known('26.1')), 'coreml'],
    ['windows x64', machine('win32', 'x64'), 'webgpu'],
    ['windows arm64', machine('win32', 'arm64'), 'cpu'],
  ])('%s: yes', (_, host, provider) => {
    expect(ortPlatformReason(host, provider)).toEqual({ eligible: 'yes', reasons: [] });
  });

  it.each<[string, HostFacts, OrtProvider['name'], RegExp, RegExp]>([
    [
      'musl',
      machine('linux', 'x64', { libc: known({ flavour: 'musl', version: '1.2.5' }) }),
      'cpu',
      /musl 1\.2\.5/,
      /--backend wasm.* Or use an image.*node:24-bookworm-slim/,
    ],
    [
      'old glibc',
      machine('linux', 'x64', glibc('2.27')),
      'cpu',
      /needs glibc 2\.28.* has 2\.27/,
      /--backend wasm.* Or use a newer distribution/,
    ],
    [
      'linux arm64 cuda',
      machine('linux', 'arm64'),
      'cuda',
      /without the `cuda` provider; it has `cpu`/,
      /another backend/,
    ],
    ['linux coreml', machine('linux', 'x64'), 'coreml', /without the `coreml`/, /another backend/],
    ['windows cuda', machine('win32', 'x64'), 'cuda', /without the `cuda`/, /another backend/],
    [
      'linux riscv',
      machine('linux', 'riscv64'),
      'cpu',
      /no build for linux riscv64/,
      /^Use one of linux x64/,
    ],
    [
      'musl, for a device',
      machine('linux', 'x64', { libc: known({ flavour: 'musl', version: '1.2.5' }) }),
      'webgpu',
      /musl/,
      /^Use an image with glibc/,
    ],
    ['freebsd', machine('freebsd', 'x64'), 'cpu', /no build for freebsd x64/, /--backend wasm.*linux x64/],
    [
      'Intel Mac',
      machine('darwin', 'x64', rosetta(known(false))),
      'cpu',
      /Intel Macs.*1\.24/,
      /--backend wasm.* Or use a Mac with Apple silicon, Linux or Windows/,
    ],
    [
      'Rosetta',
      machine('darwin', 'x64', rosetta(known(true))),
      'coreml',
      /Rosetta/,
      /Install the arm64 build of Node\.js/,
    ],
    [
      'x64 Mac, Rosetta unknown',
      machine('darwin', 'x64', rosetta(unknown('no sysctl'))),
      'cpu',
      /Intel Macs/,
      /--backend wasm.* Or if this is a Mac with Apple silicon/,
    ],
    [
      'macOS 13',
      macos(known('13.6.1')),
      'cpu',
      /needs macOS 14.*13\.6\.1/,
      /--backend wasm.* Or update macOS/,
    ],
  ])('%s: no', (_, host, provider, message, remedy) => {
    const answer = ortPlatformReason(host, provider);
    expect(answer.eligible).toBe('no');
    expect(answer.reasons).toHaveLength(1);
    const [reason] = answer.reasons;
    expect(reason).toMatchObject({
      code: 'platform-unsupported',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
    expect(reason!.evidence).not.toHaveLength(0);
  });

  it.each([
    [
      'C library',
      machine('linux', 'x64', { libc: unknown('the report has no header') }),
      /C library.*the report has no header/,
    ],
    ['glibc version', machine('linux', 'x64', glibc('?')), /glibc version `\?`/],
    ['macOS version', macos(unknown('the plist is absent')), /macOS.*the plist is absent/],
    ['macOS version text', macos(known('Sequoia')), /`Sequoia`/],
  ])('unknown %s: unknown', (_, host, message) => {
    const answer = ortPlatformReason(host);
    expect(answer.eligible).toBe('unknown');
    expect(answer.reasons[0]!.message).toMatch(message);
  });

  it('is pure and total over every machine and provider', async () => {
    for (const name of MACHINE_NAMES) {
      const host = await loadMachine(name);
      for (const provider of ['cpu', 'cuda', 'tensorrt', 'coreml', 'webgpu'] as const) {
        const answer = ortPlatformReason(host, provider);
        expect(ortPlatformReason(structuredClone(host), provider)).toEqual(answer);
        expect(answer.reasons.length > 0).toBe(answer.eligible !== 'yes');
        for (const reason of answer.reasons) expect(reason.message).toMatch(/\.$/);
      }
    }
  });
});
