import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isRecord } from '@switchyard/composition';
import { AcquireError } from './acquire-error.ts';
import type { HttpClient } from './http-client.ts';
import type { NativePart } from './native-part.ts';

/** Where the archive comes from. */
export type PartSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string }
  /** The server that knows the address did not tell it. */
  | { readonly kind: 'unreached'; readonly index: string; readonly error: AcquireError };

/**
 * The archive that `--from` names, or the one that the engine's own install script would fetch.
 *
 * @param from a file, a folder that holds the archive under its own name, or an address of one of the two
 * @throws AcquireError `not-acquirable`
 */
export async function findSource(
  part: NativePart,
  from: string | undefined,
  cwd: string,
  client: () => Promise<HttpClient>,
): Promise<PartSource> {
  if (from === undefined) {
    if (part.origin.kind === 'url') return { kind: 'url', url: part.origin.url };
    try {
      return { kind: 'url', url: await nugetUrl(part.origin, await client()) };
    } catch (error) {
      if (!AcquireError.isInstance(error)) throw error;
      return { kind: 'unreached', index: part.origin.index, error };
    }
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(from)) {
    const whole = URL.canParse(from) && basename(new URL(from).pathname) === part.archive;
    return {
      kind: 'url',
      url:
        whole || /\.(?:nupkg|zip|gz|tgz)$/i.test(from) ? from : `${from.replace(/\/$/, '')}/${part.archive}`,
    };
  }
  const path = resolve(cwd, from);
  if (!existsSync(path)) {
    throw new AcquireError(
      'not-acquirable',
      `\`--from ${from}\` names \`${path}\`, which is neither a file nor a folder.`,
      `Give an address, a file, or a folder that holds \`${part.archive}\`.`,
    );
  }
  if (statSync(path).isFile()) return { kind: 'file', path };
  const inside = join(path, part.archive);
  if (existsSync(inside) && statSync(inside).isFile()) return { kind: 'file', path: inside };
  throw new AcquireError(
    'not-acquirable',
    `\`${path}\` does not hold the archive \`${part.archive}\`.`,
    'Put it there as it was downloaded: only whole archives can be compared with a checksum.',
  );
}

/** Asks a NuGet feed where it keeps its packages, as the engine's install script does. */
async function nugetUrl(
  { index, name, version }: Extract<NativePart['origin'], { readonly kind: 'nuget' }>,
  client: HttpClient,
): Promise<string> {
  const answer = await client.ask('GET', index);
  if (answer.status !== 200) {
    await answer.body.dump();
    throw new AcquireError(
      'download-failed',
      `\`${answer.url}\`, which says where the packages are, answered with status ${answer.status}.`,
      'Try again later, or name a mirror or a file with `--from`.',
    );
  }
  const document = await answer.body.json().catch((error: unknown) => {
    throw new AcquireError(
      'download-failed',
      `What \`${answer.url}\` answered is no JSON document.`,
      'Try again later, or name a mirror or a file with `--from`.',
      error,
    );
  });
  const resources =
    isRecord(document) && Array.isArray(document['resources']) ? (document['resources'] as unknown[]) : [];
  const base = resources.find((one) => isRecord(one) && one['@type'] === 'PackageBaseAddress/3.0.0');
  const address = isRecord(base) ? base['@id'] : undefined;
  if (typeof address !== 'string') {
    throw new AcquireError(
      'download-failed',
      `\`${answer.url}\` does not say where the packages are (\`PackageBaseAddress/3.0.0\`).`,
      'Name a mirror or a file with `--from`.',
    );
  }
  return `${address.replace(/\/?$/, '/')}${name}/${version}/${name}.${version}.nupkg`;
}
