import { MACHINE_NAMES, loadMachine, type MachineName } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import { cpuPredicate } from './cpu-predicate.ts';

const NOT_HERE: Readonly<Partial<Record<MachineName, RegExp>>> = {
  'mac-intel':
    /^Run `npm install @switchyard\/backend-wasm` and use `--backend wasm`.* Or use a Mac with Apple silicon, Linux or Windows/,
  'mac-m1-macos13':
    /^Run `npm install @switchyard\/backend-wasm` and use `--backend wasm`.* Or update macOS to 14/,
  'linux-alpine':
    /^Run `npm install @switchyard\/backend-wasm` and use `--backend wasm`.* Or use an image .*`node:24-bookworm-slim/,
};

describe('cpuPredicate', () => {
  it.each(MACHINE_NAMES)('%s', async (name) => {
    const host = await loadMachine(name);
    const answer = cpuPredicate(host);
    const remedy = NOT_HERE[name];
    if (remedy !== undefined) {
      expect(answer).toMatchObject({
        eligible: 'no',
        devices: [],
        reasons: [{ code: 'platform-unsupported' }],
      });
      expect(answer.reasons[0]!.remedy).toMatch(remedy);
      return;
    }
    const deviceName = host.cpu.model.known ? host.cpu.model.value : 'CPU';
    expect(answer).toEqual({
      eligible: 'yes',
      reasons: [],
      devices: [{ id: 'cpu', name: deviceName, kind: 'cpu', software: false }],
    });
  });

  it('does not know where the C library is not known', async () => {
    const host = await loadMachine('linux-plain');
    const answer = cpuPredicate({ ...host, libc: { known: false, why: 'nobody looked' } });
    expect(answer).toMatchObject({ eligible: 'unknown', devices: [] });
    expect(answer.reasons[0]!.message).toContain('nobody looked');
  });
});
