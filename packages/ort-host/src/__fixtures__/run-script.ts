import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Runs a module text in a Node.js process of its own, in this package's folder. */
export function runScript(
  script: string,
  values: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const folder = path.resolve(import.meta.dirname, '../..');
  const argv = ['--conditions=@switchyard/source', '--no-warnings', '--input-type=module', '-e', script];
  // pnpm's command shims point NODE_PATH at the store, where everything resolves.
  const env = { ...process.env, NODE_PATH: '', ...environment };
  return spawnSync(process.execPath, [...argv, '--', ...values], { cwd: folder, encoding: 'utf8', env });
}
