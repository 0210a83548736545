import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorText, type ModelSourceV1, type OptionValuesV1 } from '@switchyard/core';
import { ENGINE_PROVIDER } from './wasm-facts.ts';

/** How long the child may take, in milliseconds. */
const DEADLINE = 120_000;

/** Nodes of the session after optimisation, those in subgraphs included; or why they are not known. */
export type CountedNodes =
  | { readonly known: true; readonly nodes: number }
  | { readonly known: false; readonly why: string };

/**
 * Opens the model once more in a child process and reads from the engine's log how many nodes it placed. The
 * engine writes its log past every stream of Node.js, so that no process can read its own. Never rejects.
 */
export async function countNodes(model: ModelSourceV1, options: OptionValuesV1): Promise<CountedNodes> {
  let folder: string | null = null;
  try {
    folder = await mkdtemp(path.join(tmpdir(), 'switchyard-placement-'));
    let file = 'path' in model ? model.path : null;
    if (file === null) {
      file = path.join(folder, 'model.onnx');
      await writeFile(file, (model as { readonly bytes: Uint8Array }).bytes, { mode: 0o600 });
    }
    const log = path.join(folder, 'stderr');
    const how = await runChild(file, options, log);
    return how === null ? parseLog(await readFile(log, 'utf8')) : { known: false, why: how };
  } catch (error) {
    return { known: false, why: `the log could not be read (${errorText(error)})` };
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

/** One line for each graph; the engine lists providers only where there are several. */
export function parseLog(text: string): CountedNodes {
  const counts = [...text.matchAll(/All nodes placed on \[(\w+)\]\. Number of nodes: (\d+)/g)];
  const elsewhere = counts.find(([, provider]) => provider !== ENGINE_PROVIDER)?.[1];
  if (elsewhere !== undefined) return { known: false, why: `the log names another provider, ${elsewhere}` };
  if (counts.length === 0) return { known: false, why: 'the log says nothing of nodes' };
  return { known: true, nodes: counts.reduce((sum, [, , nodes]) => sum + Number(nodes), 0) };
}

/** `null` when the child did what it is for, or how it ended. */
async function runChild(file: string, options: OptionValuesV1, log: string): Promise<string | null> {
  // Here, because every program that names this backend would load it and few start a child.
  const { spawn } = await import('node:child_process');
  // A file and no pipe, which the child would have to wait for.
  const target = await open(log, 'wx', 0o600);
  try {
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = fileURLToPath(new URL(`count-nodes-entry.${fromSource ? 'ts' : 'js'}`, import.meta.url));
    const flags = fromSource ? ['--conditions=@switchyard/source'] : [];
    const child = spawn(process.execPath, [...flags, '--no-warnings', entry, file, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', target.fd],
      timeout: DEADLINE,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    const { promise, resolve } = Promise.withResolvers<string | null>();
    child.once('error', (error) => resolve(`the process for it could not be started (${errorText(error)})`));
    child.once('exit', (status, signal) =>
      resolve(status === 0 ? null : `the process for it ended with ${signal ?? `status ${status}`}`),
    );
    return await promise;
  } finally {
    await target.close();
  }
}
