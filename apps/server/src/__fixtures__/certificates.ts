import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who has a certificate: two authorities, and what each of them signed. */
const SIGNED = { localhost: 'ca', client: 'ca', stranger: 'other' } as const;
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Keys and certificates that are made for a test and gone after it. */
export interface Certificates extends Disposable {
  /** Certificate, in PEM. `localhost` is good for `127.0.0.1` too. */
  cert(name: 'ca' | 'other' | keyof typeof SIGNED): Buffer;
  key(name: keyof typeof SIGNED): Buffer;
}

/** Makes them with `openssl`, so that no key of anybody lies in the repository. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-certificates-'));
  const openssl = (...words: readonly string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  };
  for (const name of ['ca', 'other']) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, ...files);
  }
  for (const [name, authority] of Object.entries(SIGNED)) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
    const names = `subjectAltName=DNS:${name}${name === 'localhost' ? ',IP:127.0.0.1' : ''}`;
    openssl('req', ...KEY, '-subj', `/CN=${name}`, '-addext', names, ...files);
    const signer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    const signed = ['-days', '2', '-copy_extensions', 'copy', '-out', `${name}.pem`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signer, ...signed);
  }
  return {
    cert: (name) => readFileSync(join(folder, `${name}.pem`)),
    key: (name) => readFileSync(join(folder, `${name}.key`)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
