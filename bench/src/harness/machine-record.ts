import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem, type } from 'node:os';
import type { MachineRecord } from './results.ts';

/** Reads what the figures depend on. */
export function machineRecord(): MachineRecord {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string =>
    (require(`${name}/package.json`) as { readonly version: string }).version;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    arch: arch(),
    node: process.versions.node,
    v8: process.versions.v8,
    onnxruntime: versionOf('onnxruntime-node'),
    switchyard: versionOf('@switchyard/runtime'),
    commit: commit(),
    code: process.execArgv.some((flag) => flag.includes('@switchyard/source')) ? 'source' : 'dist',
  };
}

function commit(): string {
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../../..').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? '+' : '');
  } catch {
    // No git, or no repository: the figures are as good, only their code is not named.
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
