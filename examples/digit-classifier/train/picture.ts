import type { GlyphSheet } from './glyph-sheet.ts';
import type { Random } from './random.ts';

/** Side of the model's input in pixels. */
export const SIDE = 28;

/** How a glyph lies in a picture. Lengths are pixels of the picture, angles radians. */
export interface Pose {
  /** The glyph's longer side. */
  readonly size: number;
  /** Width divided by what it would be undistorted. */
  readonly stretch: number;
  readonly rotation: number;
  readonly shear: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** Upright in the middle, neither blurred nor noisy: how the clean evaluation shows a glyph. */
export const UPRIGHT: Pose = { size: 20, stretch: 1, rotation: 0, shear: 0, shiftX: 0, shiftY: 0 };

/** A pose as people's pictures have them: any size from a third of the frame to nearly all of it. */
export function randomPose(random: Random): Pose {
  const size = random.between(9.5, 26);
  const room = (SIDE - size) / 2;
  return {
    size,
    stretch: random.between(0.68, 1.35),
    rotation: random.between(-0.26, 0.26),
    shear: random.between(-0.22, 0.22),
    shiftX: random.between(-0.75, 0.75) * (room + 1),
    shiftY: random.between(-0.75, 0.75) * (room + 0.5),
  };
}

/** Displacement in glyph pixels at a place of the picture. */
export type Warp = (horizontal: number, vertical: number) => readonly [number, number];

const UNBENT = [0, 0] as const;

/**
 * Draws ink into a picture of {@link SIDE} times {@link SIDE}: 0 is paper, 1 is ink. Every pixel is the mean of four
 * samples, each interpolated between four pixels of the glyph.
 */
export function drawGlyph(sheet: GlyphSheet, ink: Float64Array, pose: Pose, warp?: Warp): Float64Array {
  const picture = new Float64Array(SIDE * SIDE);
  const scale = sheet.glyph / pose.size;
  const cosine = Math.cos(pose.rotation);
  const sine = Math.sin(pose.rotation);
  for (let line = 0; line < SIDE; line += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const [byX, byY] = warp === undefined ? UNBENT : warp(column / SIDE, line / SIDE);
      let sum = 0;
      for (let sample = 0; sample < 4; sample += 1) {
        const offsetX = column + 0.25 + (sample & 1) / 2 - SIDE / 2 - pose.shiftX;
        const offsetY = line + 0.25 + (sample >> 1) / 2 - SIDE / 2 - pose.shiftY;
        const turnedY = (cosine * offsetY - sine * offsetX) * scale;
        const turnedX = ((cosine * offsetX + sine * offsetY) / pose.stretch) * scale + pose.shear * turnedY;
        const glyphX = turnedX + byX + sheet.cell / 2 - 0.5;
        const glyphY = turnedY + byY + sheet.cell / 2 - 0.5;
        sum += interpolate(ink, sheet.cell, glyphX, glyphY);
      }
      picture[line * SIDE + column] = sum / 4;
    }
  }
  return picture;
}

function interpolate(ink: Float64Array, side: number, horizontal: number, vertical: number): number {
  const left = Math.floor(horizontal);
  const top = Math.floor(vertical);
  if (left < 0 || top < 0 || left >= side - 1 || top >= side - 1) return 0;
  const acrossPart = horizontal - left;
  const downPart = vertical - top;
  const at = top * side + left;
  const upper = ink[at]! * (1 - acrossPart) + ink[at + 1]! * acrossPart;
  const lower = ink[at + side]! * (1 - acrossPart) + ink[at + side + 1]! * acrossPart;
  return upper * (1 - downPart) + lower * downPart;
}
