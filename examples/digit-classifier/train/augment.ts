import type { GlyphSheet } from './glyph-sheet.ts';
import { drawGlyph, randomPose, SIDE, UPRIGHT, type Warp } from './picture.ts';
import type { Random } from './random.ts';

/** Points on each side of the grid that an elastic distortion is interpolated from. */
const GRID = 4;

/** The clean picture of a glyph: black on white, as the model gets it. */
export function cleanPicture(sheet: GlyphSheet, ink: Float64Array): Float64Array {
  return drawGlyph(sheet, ink, UPRIGHT).map((value) => 1 - value);
}

/**
 * A picture as a camera, a scanner or a drawing program would give: posed, elastically bent, drawn with another pen,
 * blurred, on paper that is not quite white or evenly lit, with noise. Values are 0 (black) to 1 (white).
 */
export function randomPicture(sheet: GlyphSheet, ink: Float64Array, random: Random): Float64Array {
  const pen = changePen(ink, sheet.cell, random);
  let picture = drawGlyph(sheet, pen, randomPose(random), elastic(random));
  if (random.between(0, 1) < 0.3) picture = blur(picture);
  const paper = random.between(0.72, 1);
  const contrast = random.between(0.4, 1) * paper;
  const slopeX = random.between(-0.1, 0.1) / SIDE;
  const slopeY = random.between(-0.1, 0.1) / SIDE;
  const noise = random.between(0, 0.05);
  return picture.map((value, index) => {
    const light = slopeX * ((index % SIDE) - SIDE / 2) + slopeY * (Math.floor(index / SIDE) - SIDE / 2);
    return Math.min(1, Math.max(0, paper - contrast * value + light + noise * random.bell()));
  });
}

/** Widens the strokes by up to two pixels of the master, or thins those that can bear it. */
function changePen(ink: Float64Array, side: number, random: Random): Float64Array {
  const change = random.between(-1, 2);
  if (change < 0) {
    const share = ink.reduce((sum, value) => sum + value, 0) / ink.length;
    return share < 0.22 ? ink : blend(ink, spread(ink, side, Math.min), -change);
  }
  const first = spread(ink, side, Math.max);
  return change < 1 ? blend(ink, first, change) : blend(first, spread(first, side, Math.max), change - 1);
}

function blend(from: Float64Array, to: Float64Array, part: number): Float64Array {
  return from.map((value, index) => value + (to[index]! - value) * part);
}

/** The largest or smallest of a pixel and its four neighbours. The border of a cell is paper and stays so. */
function spread(
  ink: Float64Array,
  side: number,
  choose: (left: number, right: number) => number,
): Float64Array {
  const result = new Float64Array(ink.length);
  for (let line = 1; line < side - 1; line += 1) {
    for (let at = line * side + 1; at < (line + 1) * side - 1; at += 1) {
      const across = choose(ink[at - 1]!, ink[at + 1]!);
      const down = choose(ink[at - side]!, ink[at + side]!);
      result[at] = choose(ink[at]!, choose(across, down));
    }
  }
  return result;
}

function elastic(random: Random): Warp {
  const strength = random.between(0, 1.8);
  const grid = (): Float64Array => Float64Array.from({ length: GRID * GRID }, () => random.bell() * strength);
  const [gridOfX, gridOfY] = [grid(), grid()];
  return (horizontal, vertical) => {
    const gridX = horizontal * (GRID - 1);
    const gridY = vertical * (GRID - 1);
    const left = Math.floor(gridX);
    const top = Math.floor(gridY);
    const at = top * GRID + left;
    const acrossPart = gridX - left;
    const downPart = gridY - top;
    const bend = (grid: Float64Array): number => {
      const upper = grid[at]! * (1 - acrossPart) + grid[at + 1]! * acrossPart;
      const lower = grid[at + GRID]! * (1 - acrossPart) + grid[at + GRID + 1]! * acrossPart;
      return upper * (1 - downPart) + lower * downPart;
    };
    return [bend(gridOfX), bend(gridOfY)];
  };
}

function blur(picture: Float64Array): Float64Array {
  const weights = [0.25, 0.5, 0.25];
  const along = (from: Float64Array, step: number, position: (index: number) => number): Float64Array =>
    from.map((_, index) =>
      weights.reduce((sum, weight, tap) => {
        const place = position(index) + tap - 1;
        return place < 0 || place >= SIDE ? sum : sum + weight * from[index + (tap - 1) * step]!;
      }, 0),
    );
  const rows = along(picture, 1, (index) => index % SIDE);
  return along(rows, SIDE, (index) => Math.floor(index / SIDE));
}
