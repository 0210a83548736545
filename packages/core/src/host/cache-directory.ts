import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/** What the place depends on. Every part can be given, so that the answer for another machine can be asked for. */
export interface CacheDirectoryInput {
  /** Environment variables: `SWITCHYARD_CACHE_DIR`, `XDG_CACHE_HOME`, `LOCALAPPDATA`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** (optional) Folder that a relative `SWITCHYARD_CACHE_DIR` counts from. Default: that of the process. */
  readonly cwd?: string;
  /** (optional) Default: `process.platform`. */
  readonly platform?: string;
  /** (optional) Home directory. Default: `HOME`, on Windows `USERPROFILE`, of the environment, or `os.homedir()`. */
  readonly home?: string;
}

/**
 * Where Switchyard remembers things. `SWITCHYARD_CACHE_DIR` is taken as it is; otherwise it is a folder
 * `switchyard` below `XDG_CACHE_HOME` or `~/.cache` (Linux and others), `~/Library/Caches` (macOS) or
 * `%LOCALAPPDATA%` (Windows). Nothing is read or made. An empty variable counts as not set, and a relative
 * `XDG_CACHE_HOME` is ignored, as the XDG base directory specification asks.
 */
export function cacheDirectory({
  environment,
  cwd = '',
  platform = process.platform,
  home = environment[platform === 'win32' ? 'USERPROFILE' : 'HOME'] || homedir(),
}: CacheDirectoryInput): string {
  const path = platform === 'win32' ? win32 : posix;
  const named = environment['SWITCHYARD_CACHE_DIR'] ?? '';
  if (named !== '') return path.resolve(cwd, named);
  return path.join(base(environment, platform, home), 'switchyard');
}

function base(environment: CacheDirectoryInput['environment'], platform: string, home: string): string {
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches');
  if (platform === 'win32') {
    const local = environment['LOCALAPPDATA'] ?? '';
    return local === '' ? win32.join(home, 'AppData', 'Local') : local;
  }
  const xdg = environment['XDG_CACHE_HOME'] ?? '';
  return posix.isAbsolute(xdg) ? xdg : posix.join(home, '.cache');
}
