import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  exhaustDescriptors,
  KEY_FAULTS,
  refuseToStart,
  withKeys,
  withModelFile,
  withTakenPort,
} from './__fixtures__/faults-of-programs.ts';

it('a port in use, a certificate that is none, models that there are not, and a flag that nobody knows', async () => {
  await withModelFile((file, folder) =>
    withTakenPort(async (port) => {
      const pem = join(folder, 'no.pem');
      await writeFile(pem, 'this is no certificate');
      const free = ['--http-port=0', '--grpc-port=0', '--metrics-port=0'];
      const refusals = await Promise.all([
        refuseToStart([file, ...free.slice(1), `--http-port=${port}`]),
        refuseToStart([file, ...free, `--tls-cert=${pem}`, `--tls-key=${pem}`]),
        refuseToStart([join(folder, 'nobody'), ...free]),
        refuseToStart([file, ...free, '--no-such-flag']),
      ]);
      for (const { status, errors, out } of refusals) {
        expect(status).toBeGreaterThan(0);
        expect(out).toBe('');
        const reasons = errors.split('\n').filter((line) => line.startsWith('error: '));
        expect(reasons, errors).toHaveLength(1);
        expect(errors).not.toMatch(/\n\s+at /);
      }
      const [taken, certificate, models, flag] = refusals.map(({ errors }) => errors);
      expect(taken).toContain(String(port));
      expect(certificate).toContain('certificate');
      expect(models).toContain('nobody');
      expect(flag).toContain('--no-such-flag');
    }),
  );
}, 60_000);

it('keys that are missing, wrong, or for something else', async () => {
  await withKeys(async (ask, keys, logged) => {
    for (const one of KEY_FAULTS) expect(await ask(one)).toEqual({ status: one.status, text: one.text });
    const right = { request: '', status: 200, text: '', key: 'infer' } as const;
    expect(await ask({ ...right, protocol: 'REST' })).toEqual({ status: 200, text: '' });
    expect(await ask({ ...right, protocol: 'gRPC' })).toEqual({ status: 0, text: '' });
    for (const key of keys) expect(logged()).not.toContain(key);
  });
}, 60_000);

it.runIf(process.platform === 'linux')(
  'more connections than file descriptors',
  async () => {
    await exhaustDescriptors(80);
  },
  60_000,
);
