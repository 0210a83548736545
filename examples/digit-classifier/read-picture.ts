import { makeTensor, type Tensor } from '@switchyard/core';
import sharp from 'sharp';

const SIDE = 28;

/**
 * Reads pictures of any size and format into `image`, float32 `[pictures, 1, 28, 28]`: grey, 0 is black and 1 is white.
 * Pictures that are not square are squeezed; transparency becomes white paper.
 */
export async function readPictures(paths: readonly string[]): Promise<Tensor> {
  const values: number[] = [];
  for (const path of paths) {
    const grey = await sharp(path)
      .flatten({ background: '#ffffff' })
      .resize(SIDE, SIDE, { fit: 'fill' })
      .toColourspace('b-w')
      .extractChannel(0)
      .raw()
      .toBuffer();
    for (const value of grey) values.push(value / 255);
  }
  return makeTensor('float32', [paths.length, 1, SIDE, SIDE], values);
}
