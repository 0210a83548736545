import { describeValue, TensorError, type DType, type ValueInfo } from '@switchyard/core';
import { resolveDims } from './fit-shape.ts';

/** Order of the dimensions of a picture. */
export type PictureLayout = 'nchw' | 'nhwc' | 'chw' | 'hwc' | 'nhw' | 'hw';

/** How the values of a picture are calculated from its 8-bit samples: `(sample × scale − mean) ÷ std`. */
export interface PictureValues {
  /** What to call it in a description. */
  readonly words: string;
  readonly scale: number;
  /** One per channel, in the order of the tensor's channels. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly invert: boolean;
}

/** Everything about a picture input that can be told without the picture. */
export interface PicturePlan {
  readonly layout: PictureLayout;
  readonly color: 'rgb' | 'bgr' | 'gray';
  /** Pixels to resize to, or `null` for the picture's own size. */
  readonly width: number | null;
  readonly height: number | null;
  readonly fit: 'stretch' | 'cover' | 'contain';
  readonly values: PictureValues;
}

const FLOATS: ReadonlySet<DType> = new Set(['float32', 'float64', 'float16', 'bfloat16']);
const IMAGENET_MEAN: readonly number[] = [0.485, 0.456, 0.406];
const IMAGENET_STD: readonly number[] = [0.229, 0.224, 0.225];

/** Decides how a picture fills an input, from its declared shape and the options. Throws a `TensorError`. */
export function planPicture(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  options: ReadonlyMap<string, string>,
): PicturePlan {
  const { name, dtype } = valueInfo;
  if (dtype === 'bool' || dtype === 'string' || dtype === 'int4' || dtype === 'uint4') {
    throw new TensorError('input-dtype', `The input \`${name}\` is ${dtype}, which no picture can be.`, {
      tensor: name,
      remedy: 'Give the values as JSON or as a NumPy file.',
    });
  }
  const sizes = resolveDims(valueInfo, dims);
  const layout = chooseLayout(valueInfo, sizes, options.get('layout') as PictureLayout | undefined);
  const at = (letter: string): number | null =>
    layout.includes(letter) ? sizes[layout.indexOf(letter)]! : null;
  if (layout.includes('n') && (at('n') ?? 1) !== 1) {
    throw new TensorError(
      'input-shape',
      `The input \`${name}\` wants ${describeValue(valueInfo)}, a batch of ${at('n')}, but a picture is one.`,
      { tensor: name, remedy: 'Stack the pictures into a NumPy file, or run them one by one.' },
    );
  }
  const color = chooseColor(
    valueInfo,
    layout,
    at('c'),
    options.get('color') as PicturePlan['color'] | undefined,
  );
  const resize = parseResize(options.get('resize'), name);
  const both = at('w') !== null && at('h') !== null;
  return {
    layout,
    color,
    width: resize?.width ?? (both ? at('w') : null),
    height: resize?.height ?? (both ? at('h') : null),
    fit: (options.get('fit') ?? 'stretch') as PicturePlan['fit'],
    values: chooseValues(valueInfo, color, options),
  };
}

function chooseLayout(
  valueInfo: ValueInfo,
  sizes: readonly (number | null)[],
  said: PictureLayout | undefined,
): PictureLayout {
  const rank = sizes.length;
  if (said !== undefined) {
    if (said.length === rank) return said;
    throw new TensorError(
      'input-rank',
      `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}, which has ${rank} dimensions, but \`layout=${said}\` has ${said.length}.`,
      { tensor: valueInfo.name },
    );
  }
  if (rank === 2) return 'hw';
  if (rank === 3 || rank === 4) {
    const first = isChannels(sizes[rank - 3]!);
    const last = isChannels(sizes[rank - 1]!);
    if (first && !last) return rank === 4 ? 'nchw' : 'chw';
    if (last && !first) return rank === 4 ? 'nhwc' : 'hwc';
  }
  const choices =
    rank === 4 ? '`layout=nchw` or `layout=nhwc`' : '`layout=chw`, `layout=hwc` or `layout=nhw`';
  throw new TensorError(
    rank === 3 || rank === 4 ? 'input-shape' : 'input-rank',
    rank === 3 || rank === 4
      ? `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}, which does not tell where the channels of a picture go.`
      : `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}, but a picture has 2 to 4 dimensions.`,
    {
      tensor: valueInfo.name,
      remedy:
        rank === 3 || rank === 4
          ? `Write ${choices} after \`?\`.`
          : 'Give the values as JSON or as a NumPy file.',
    },
  );
}

function isChannels(size: number | null): boolean {
  return size === 1 || size === 3;
}

function chooseColor(
  valueInfo: ValueInfo,
  layout: PictureLayout,
  channels: number | null,
  said: PicturePlan['color'] | undefined,
): PicturePlan['color'] {
  const wanted = layout.includes('c') ? channels : 1;
  const color = said ?? (wanted === 1 ? 'gray' : 'rgb');
  const has = color === 'gray' ? 1 : 3;
  if (wanted === null || wanted === has) return color;
  throw new TensorError(
    'input-shape',
    `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}, which has ${wanted} channels as ${layout}, but a ${color} picture has ${has}.`,
    { tensor: valueInfo.name, remedy: 'Choose another `color` or `layout` after `?`.' },
  );
}

function parseResize(text: string | undefined, tensor: string): { width: number; height: number } | null {
  if (text === undefined) return null;
  const match = /^([1-9]\d{0,5})x([1-9]\d{0,5})$/iu.exec(text);
  if (match !== null) return { width: Number(match[1]), height: Number(match[2]) };
  throw new TensorError('input-unreadable', `\`resize=${text}\` is no size of a picture.`, {
    tensor,
    remedy: 'Write width and height in pixels, like `resize=640x480`.',
  });
}

function chooseValues(
  valueInfo: ValueInfo,
  color: PicturePlan['color'],
  options: ReadonlyMap<string, string>,
): PictureValues {
  const float = FLOATS.has(valueInfo.dtype);
  const channels = color === 'gray' ? 1 : 3;
  const one = (value: number): readonly number[] => Array.from({ length: channels }, () => value);
  const invert = options.get('invert') === 'true';
  const custom = ['scale', 'mean', 'std'].some((key) => options.has(key));
  const shortcut = options.get('normalize') ?? (float ? 'zero-one' : 'none');
  if (!custom) {
    switch (shortcut) {
      case 'none':
        return { words: 'values 0 to 255', scale: 1, mean: one(0), std: one(1), invert };
      case 'minus-one-one':
        return { words: 'values -1 to 1', scale: 1, mean: one(127.5), std: one(127.5), invert };
      case 'imagenet': {
        if (channels === 1) {
          throw new TensorError(
            'input-shape',
            `\`normalize=imagenet\` has 3 channels, but a gray picture has 1.`,
            {
              tensor: valueInfo.name,
              remedy: 'Write `mean` and `std` with one number.',
            },
          );
        }
        const order = (list: readonly number[]): readonly number[] =>
          color === 'bgr' ? list.toReversed() : list;
        return {
          words: 'normalised as for ImageNet',
          scale: 1 / 255,
          mean: order(IMAGENET_MEAN),
          std: order(IMAGENET_STD),
          invert,
        };
      }
      default:
        return { words: 'values 0 to 1', scale: 1, mean: one(0), std: one(255), invert };
    }
  }
  const list = (key: 'mean' | 'std', otherwise: number): readonly number[] => {
    const text = options.get(key);
    if (text === undefined) return one(otherwise);
    const numbers = text.split(',').map((part) => parseFraction(part, `${key}=${text}`, valueInfo.name));
    if (numbers.length === 1) return one(numbers[0]!);
    if (numbers.length === channels) return numbers;
    throw new TensorError(
      'input-unreadable',
      `\`${key}=${text}\` has ${numbers.length} numbers, but a ${color} picture has ${channels} ${channels === 1 ? 'channel' : 'channels'}.`,
      {
        tensor: valueInfo.name,
        remedy: `Write ${channels === 1 ? 'one number' : 'one number, or one per channel'}.`,
      },
    );
  };
  const scale = parseFraction(
    options.get('scale') ?? (float ? '1/255' : '1'),
    `scale=${options.get('scale')}`,
    valueInfo.name,
  );
  const mean = list('mean', 0);
  const std = list('std', 1);
  if (std.includes(0)) {
    throw new TensorError('input-unreadable', `\`std=${options.get('std')}\` divides by zero.`, {
      tensor: valueInfo.name,
    });
  }
  const words = `(sample × ${options.get('scale') ?? (float ? '1/255' : '1')} − ${options.get('mean') ?? 0}) ÷ ${options.get('std') ?? 1}`;
  return { words, scale, mean, std, invert };
}

function parseFraction(text: string, option: string, tensor: string): number {
  const parts = text
    .split('/')
    .map((part) => (/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/iu.test(part) ? Number(part) : NaN));
  const value = parts.length === 1 ? parts[0]! : parts.length === 2 ? parts[0]! / parts[1]! : NaN;
  if (Number.isFinite(value)) return value;
  throw new TensorError('input-unreadable', `\`${option}\` has \`${text}\`, which is no number.`, {
    tensor,
    remedy: 'Write numbers like `0.5`, or a fraction like `1/255`.',
  });
}
