import { looksLike, SNIFF_BYTES } from '../errors/looks-like.ts';
import { OnnxFileError } from '../errors/onnx-file-error.ts';
import type { ModelSummary } from '../model-summary.ts';
import type { ByteWindow } from '../wire/byte-window.ts';
import { walkMessage } from '../wire/walk-message.ts';
import { WireFault } from '../wire/wire-fault.ts';
import { ModelCollector } from './model-collector.ts';
import { modelShape } from './model-proto.ts';
import { toSummary } from './to-summary.ts';

/** `ir_version`, field 1, a number: what every serializer writes first. */
const FIRST_BYTE = 0x08;

/** Reads a model through a window, asking its driver for bytes. Throws {@link OnnxFileError} only. */
export function* readModel(path: string, window: ByteWindow): Generator<number, ModelSummary, void> {
  const model = new ModelCollector();
  const trail: string[] = [];
  let likely = false;
  try {
    if (window.size === 0) throw emptyFile(path);
    if (!window.holds(SNIFF_BYTES)) yield SNIFF_BYTES;
    const head = window.peek(SNIFF_BYTES);
    likely = head[0] === FIRST_BYTE;
    const guess = looksLike(head);
    if (guess !== undefined) throw somethingElse(path, guess.name, guess.advice);
    yield* walkMessage(window, modelShape, model, window.size, trail);
  } catch (error) {
    throw error instanceof WireFault
      ? toFileError(path, window.at, trail, likely || model.irVersion > 0, error)
      : error;
  }
  if (model.graph === undefined) throw withoutGraph(path, window.size, likely);
  return toSummary(path, window.size, model, model.graph);
}

/** What an error says when the driver's own read comes up short, and whenever the walk fails. */
export function toFileError(
  path: string,
  at: number,
  trail: readonly string[],
  likely: boolean,
  fault: WireFault,
): OnnxFileError {
  const reading = trail.length === 0 ? 'the model' : `\`${shorten(trail)}\``;
  const where = `at byte ${at}, while reading ${reading}: ${fault.message}`;
  if (fault.kind === 'truncated' && likely) {
    return new OnnxFileError({
      code: 'model-truncated',
      path,
      byteOffset: at,
      cause: fault,
      message: `Cannot read the model \`${path}\`: it is cut off ${where}. Copy or download the file again.`,
    });
  }
  const kept = likely ? 'is damaged' : 'is no ONNX model';
  return new OnnxFileError({
    code: 'model-not-onnx',
    path,
    byteOffset: at,
    cause: fault,
    message: `Cannot read the model \`${path}\`: it ${kept} (${where}). Check the path, or export the model to ONNX again.`,
  });
}

/** Keeps a deep trail readable. */
function shorten(trail: readonly string[]): string {
  return trail.length <= 10
    ? trail.join('.')
    : `${trail.slice(0, 4).join('.')} ... ${trail.slice(-4).join('.')}`;
}

function emptyFile(path: string): OnnxFileError {
  return new OnnxFileError({
    code: 'model-empty',
    path,
    byteOffset: 0,
    message: `Cannot read the model \`${path}\`: the file has 0 bytes. Copy or download the file again.`,
  });
}

function somethingElse(path: string, found: string, advice: string): OnnxFileError {
  return new OnnxFileError({
    code: 'model-not-onnx',
    path,
    byteOffset: 0,
    looksLike: found,
    message: `Cannot read the model \`${path}\`: an ONNX file was expected, but it looks like a ${found}. ${advice}.`,
  });
}

function withoutGraph(path: string, size: number, likely: boolean): OnnxFileError {
  return new OnnxFileError({
    code: likely ? 'model-truncated' : 'model-not-onnx',
    path,
    byteOffset: size,
    message:
      `Cannot read the model \`${path}\`: its ${size} bytes contain no graph` +
      (likely
        ? ', so the file may be cut off. Copy or download the file again.'
        : ', so it is no ONNX model. Check the path, or export the model to ONNX.'),
  });
}
