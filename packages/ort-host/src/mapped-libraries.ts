import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A copy of ONNX Runtime that is mapped into this process. */
export interface MappedLibrary {
  readonly path: string;
  /** `null` where neither the path, its package nor the file tells. */
  readonly version: string | null;
}

const LIBRARY_NAME = /^(lib)?onnxruntime(\.\d+)*\.(so|dylib|dll)(\.\d+)*$/i;

/** Copies of ONNX Runtime in this process other than those in `ownFolder`. */
export function mappedOrtLibraries(ownFolder: string): readonly MappedLibrary[] {
  return mappedFiles()
    .filter((file) => LIBRARY_NAME.test(baseName(file)))
    .filter((file) => path.resolve(path.dirname(file)) !== path.resolve(ownFolder))
    .map((file) => ({ path: file, version: versionOf(file) }));
}

/**
 * Shared libraries that are mapped into this process, as absolute paths in the system's own order. Which
 * driver an engine loaded shows here, when the engine itself does not tell.
 */
export function mappedFiles(): readonly string[] {
  // Node.js 22.0 has the property; its type declarations do not.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const excludeNetwork = report.excludeNetwork;
  // Otherwise the report looks up the name of every open connection, which can take seconds.
  report.excludeNetwork = true;
  try {
    const { sharedObjects: files } = report.getReport() as { readonly sharedObjects?: readonly string[] };
    return files ?? [];
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1)!;
}

function versionOf(file: string): string | null {
  const inName = /\.(\d+\.\d+\.\d+)\./.exec(baseName(file))?.[1];
  return inName ?? packageVersion(file) ?? versionInFile(file);
}

/** From `<package>/bin/napi-v6/linux/x64/libonnxruntime.so.1` to `<package>/package.json`. */
function packageVersion(file: string): string | null {
  const manifest = path.resolve(path.dirname(file), '../../../../package.json');
  const text = readOrNull(manifest)?.toString('utf8');
  if (text === undefined) return null;
  const found = /"name"\s*:\s*"onnxruntime-node"/.test(text) ? /"version"\s*:\s*"([^"]+)"/.exec(text) : null;
  return found?.[1] ?? null;
}

/** On Linux the exported symbols carry the version: `VERS_1.30.0`. */
function versionInFile(file: string): string | null {
  const content = readOrNull(file);
  const start = content?.indexOf('VERS_1.') ?? -1;
  if (content === null || start < 0) return null;
  return /^VERS_(\d+\.\d+\.\d+)/.exec(content.toString('latin1', start, start + 32))?.[1] ?? null;
}

/** A file that cannot be read tells nothing, which is one of the answers here. */
function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
