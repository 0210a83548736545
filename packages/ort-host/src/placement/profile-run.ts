import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineSentence } from '../engine-sentence.ts';
import type { OrtInferenceSession, OrtLibrary, OrtTensor } from '../ort-library.ts';
import { parsePlacementProfile, type ProfiledRun } from './parse-placement-profile.ts';

export interface ProfileRequest {
  readonly library: OrtLibrary;
  readonly model: string | Uint8Array;
  /** Options as the binding takes them; profiling is added here. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly feeds: Readonly<Record<string, OrtTensor>>;
  readonly outputs: readonly string[];
}

export type ProfileResult =
  | { readonly ok: true; readonly run: ProfiledRun }
  | { readonly ok: false; readonly why: string };

/**
 * Opens the model a second time with profiling, runs it twice and reads what the engine recorded about
 * the second run; the first one compiles. The record is written to a folder of its own, readable by
 * nobody else, which is removed whatever happens.
 */
export async function profileRun(request: ProfileRequest): Promise<ProfileResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchyard-profile-'));
  try {
    await recordProfile(request, path.join(folder, 'profile'));
    // The binding does not tell the name, which the engine ends with the time.
    const files = await readdir(folder);
    const file = files.find((name) => name.endsWith('.json'));
    if (file === undefined) return { ok: false, why: 'The engine wrote no profile.' };
    const run = parsePlacementProfile(await readFile(path.join(folder, file), 'utf8'));
    return run === null ? { ok: false, why: 'The profile of the engine holds no run.' } : { ok: true, run };
  } catch (error) {
    return { ok: false, why: `The profiled run failed: ${engineSentence(error)}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function recordProfile(request: ProfileRequest, prefix: string): Promise<void> {
  const { library, model, options, feeds, outputs } = request;
  const profiling = { enableProfiling: true, profileFilePrefix: prefix };
  const session: OrtInferenceSession = await library.InferenceSession.create(model, {
    ...options,
    ...profiling,
  });
  try {
    await session.run(feeds, outputs);
    await session.run(feeds, outputs);
    session.endProfiling();
  } finally {
    await session.release();
  }
}
