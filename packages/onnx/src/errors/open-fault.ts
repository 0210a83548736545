import { OnnxFileError } from './onnx-file-error.ts';

/** The error for a model that the operating system does not hand over. */
export function openFault(path: string, cause: unknown): OnnxFileError {
  const code = systemCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new OnnxFileError({
      code: 'model-not-found',
      path,
      cause,
      message: `Cannot read the model \`${path}\`: there is no such file. Check the path and the working folder.`,
    });
  }
  const advice =
    code === 'EACCES' || code === 'EPERM'
      ? 'Give this process the right to read it.'
      : 'Check the path and the disk.';
  const found = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new OnnxFileError({
    code: 'model-unreadable',
    path,
    cause,
    message: `Cannot read the model \`${path}\`: the system answered ${found}. ${advice}`,
  });
}

/** The code of a system error, such as `ENOENT`. */
function systemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
