import { makeTensor, TensorError, type Tensor, type ValueInfo } from '@switchyard/core';
import { checkShape } from './fit-shape.ts';
import { planPicture, type PicturePlan } from './picture-plan.ts';

const FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff']);
const FIT = { stretch: 'fill', cover: 'cover', contain: 'contain' } as const;

/**
 * Makes a tensor of a picture: the first frame, upright as its EXIF orientation says, in sRGB with 8 bits,
 * transparency laid onto white, resized with the Lanczos kernel. `docs/guides/inputs-and-outputs.md` has
 * the options and defaults. Throws a `TensorError`, `input-unreadable` for what is no complete picture.
 */
export async function readPicture(
  bytes: Uint8Array,
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  options: ReadonlyMap<string, string>,
  source: string,
): Promise<{ readonly tensor: Tensor; readonly notes: readonly string[] }> {
  const plan = planPicture(valueInfo, dims, options);
  const picture = await decode(bytes, plan, valueInfo.name, source);
  const { width, height } = picture;
  const channels = plan.color === 'gray' ? 1 : 3;
  const shape = Array.from(plan.layout, (letter) => ({ n: 1, c: channels, h: height, w: width })[letter]!);
  checkShape(valueInfo, dims, shape, `${source} as ${plan.layout}`);
  const values = arrange(picture.data, width * height, plan);
  const notes = [
    picture.found,
    plan.width === null ? 'not resized' : `resized to ${width}x${height} (${plan.fit})`,
    plan.color,
    plan.layout,
    `${plan.values.invert ? 'inverted, ' : ''}${plan.values.words}`,
  ];
  try {
    return { tensor: makeTensor(valueInfo.dtype, shape, values), notes };
  } catch (error) {
    if (!TensorError.isInstance(error)) throw error;
    throw new TensorError(
      'input-value',
      `The values of ${source} do not fit the input \`${valueInfo.name}\`, which is ${valueInfo.dtype}: ${error.message}`,
      { tensor: valueInfo.name, remedy: 'Choose `scale`, `mean` and `std` after `?`.', cause: error },
    );
  }
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Interleaved red, green and blue. */
  readonly data: Uint8Array;
  /** `JPEG of 640x480`, as it was in the file. */
  readonly found: string;
}

async function decode(bytes: Uint8Array, plan: PicturePlan, tensor: string, source: string): Promise<Pixels> {
  const { default: sharp } = await import('sharp');
  try {
    const metadata = await sharp(bytes).metadata();
    if (!FORMATS.has(metadata.format)) throw new Error(`its format, ${metadata.format}, is not supported`);
    let pipeline = sharp(bytes).autoOrient().flatten({ background: 'white' }).toColourspace('srgb');
    if (plan.width !== null && plan.height !== null) {
      pipeline = pipeline.resize(plan.width, plan.height, { fit: FIT[plan.fit], background: 'black' });
    }
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it decoded to ${info.channels} channels`);
    const found = `${metadata.format.toUpperCase()} of ${metadata.width}x${metadata.height}`;
    return { width: info.width, height: info.height, data, found };
  } catch (error) {
    throw new TensorError(
      'input-unreadable',
      `${source} for the input \`${tensor}\` could not be read as a picture: ${(error as Error).message.replace(/\.$/u, '')}.`,
      {
        tensor,
        remedy:
          'Open it in a viewer; PNG, JPEG, WebP, GIF and TIFF are read. For other data, write `?format=`.',
        cause: error,
      },
    );
  }
}

/** Values in the order of the layout. */
function arrange(data: Uint8Array, pixels: number, plan: PicturePlan): Float64Array {
  const { scale, mean, std, invert } = plan.values;
  const channels = plan.color === 'gray' ? 1 : 3;
  const planar = channels === 1 || plan.layout.indexOf('c') < plan.layout.indexOf('h');
  const values = new Float64Array(pixels * channels);
  for (let channel = 0; channel < channels; channel += 1) {
    const table = Float64Array.from({ length: 256 }, (_, sample) => {
      const value = (invert ? 255 - sample : sample) * scale;
      return (value - mean[channel]!) / std[channel]!;
    });
    const from = plan.color === 'bgr' ? 2 - channel : channel;
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const sample = channels === 1 ? luma(data, pixel * 3) : data[pixel * 3 + from]!;
      values[planar ? channel * pixels + pixel : pixel * channels + channel] = table[sample]!;
    }
  }
  return values;
}

/** Brightness with the weights of ITU-R BT.601, in 16-bit fixed point that leaves gray as it is. */
function luma(data: Uint8Array, at: number): number {
  return (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
}
