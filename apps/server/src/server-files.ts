import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { errorText, SettingsError } from '@switchyard/core';
import { parseKeys, type StoredKey } from './operation/api-keys.ts';
import type { ServerSettings } from './options/server-settings.ts';

/** Certificates in PEM, read and checked. */
export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities of clients, which then have to show a certificate; `null` for clients without one. */
  readonly ca: Buffer | null;
}

/**
 * Reads the certificates, and tries them as the protocols will.
 *
 * @returns `null` where connections are not encrypted
 * @throws SettingsError `conflict`, `invalid-value`
 */
export function readTls(
  settings: Pick<ServerSettings, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>,
): ServerTls | null {
  const { tlsCert, tlsKey, tlsClientCa } = settings;
  if (tlsCert === null && tlsKey === null && tlsClientCa === null) return null;
  if (tlsCert === null || tlsKey === null) {
    const [there, missing] = tlsCert === null ? ["a key or clients' CA", 'tlsCert'] : ['`tlsCert`', 'tlsKey'];
    throw new SettingsError('conflict', `TLS has ${there}, but \`${missing}\` names no file.`, {
      source: missing,
      remedy: 'Give both `--tls-cert` and `--tls-key`.',
    });
  }
  const files = {
    cert: readFile(tlsCert, 'tlsCert'),
    key: readFile(tlsKey, 'tlsKey'),
    ca: tlsClientCa === null ? null : readFile(tlsClientCa, 'tlsClientCa'),
  };
  try {
    createSecureContext({ cert: files.cert, key: files.key, ...(files.ca === null ? {} : { ca: files.ca }) });
  } catch (error) {
    throw new SettingsError(
      'invalid-value',
      `The certificate \`${tlsCert}\` and the key \`${tlsKey}\` cannot be used: ${errorText(error)}.`,
      { source: tlsCert, remedy: 'Name PEM files that belong to each other.', cause: error },
    );
  }
  return files;
}

/**
 * Reads the keys; `null` where nobody needs one.
 *
 * @throws SettingsError `config-malformed`, `invalid-value`
 */
export function readKeys(file: string | null): readonly StoredKey[] | null {
  return file === null ? null : parseKeys(readFile(file, 'keys').toString('utf8'), file);
}

function readFile(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SettingsError(
      'invalid-value',
      `\`${setting}\` names \`${file}\`, which cannot be read (${codeOf(error)}).`,
      {
        source: file,
        remedy: 'Check the path and its permissions.',
        cause: error,
      },
    );
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? errorText(error);
}
