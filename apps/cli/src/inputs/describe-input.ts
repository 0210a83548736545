import { describeValue, TensorError, type ValueInfo } from '@switchyard/core';
import { planPicture } from './picture-plan.ts';

/**
 * What an input wants, and what happens to a picture that is given for it without options, in one line:
 * `image: float32 [batch, 3, 224, 224]; a picture becomes 224x224 (stretch), rgb, nchw, values 0 to 1`.
 *
 * @param dims sizes of free dimensions by name, as `--dim` gave them
 */
export function describeInput(valueInfo: ValueInfo, dims: ReadonlyMap<string, number> = new Map()): string {
  const wants = `${valueInfo.name}: ${describeValue(valueInfo)}`;
  try {
    const { width, height, fit, color, layout, values } = planPicture(valueInfo, dims, new Map());
    const size = width === null ? 'keeps its size' : `becomes ${width}x${height} (${fit})`;
    return `${wants}; a picture ${size}, ${color}, ${layout}, ${values.words}`;
  } catch (error) {
    // An input that no picture fits without options is common, and not worth a word.
    if (TensorError.isInstance(error)) return wants;
    throw error;
  }
}
