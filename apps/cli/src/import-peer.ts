import { discoverHere } from './discover-here.ts';
import { UsageError } from './usage-error.ts';

/** A package of ours that not everybody who has the CLI needs, and what for. */
interface Peer<Module> {
  readonly name: string;
  /** What one typed that needs it: `switchyard serve`. */
  readonly command: string;
  /** Folder that the command for installing it is for. */
  readonly cwd: string;
  readonly load: () => Promise<Module>;
}

/**
 * An optional peer, if it is there.
 *
 * @throws UsageError with the command that installs it, if it is not
 */
export async function importPeer<Module>({ name, command, cwd, load }: Peer<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    // Something that the package itself needs is another matter, and the error names it.
    if (!isMissing(error, name)) throw error;
    const { installCommand } = discoverHere(cwd);
    throw new UsageError(
      `\`${command}\` needs \`${name}\`, which is not installed here.`,
      `${installCommand} ${name}`,
    );
  }
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(`'${name}`);
}
