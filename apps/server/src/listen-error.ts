import { errorText, SettingsError } from '@switchyard/core';

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'no address has that name',
};

/** Says why a port could not be taken, and what to do. */
export function listenError(
  error: unknown,
  what: 'http' | 'grpc' | 'metrics',
  host: string,
  port: number,
): SettingsError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const flag = `--${what}-port`;
  return new SettingsError(
    'invalid-value',
    `The server cannot listen on \`${host}:${port}\` (${flag}): ${WORDS[code] ?? errorText(error)}.`,
    {
      source: flag,
      remedy:
        code === 'EADDRINUSE'
          ? `Write another port, or 0 for a free one.`
          : 'Write another `--host` or port.',
      cause: error,
    },
  );
}
