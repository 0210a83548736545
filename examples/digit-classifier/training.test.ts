import { beforeAll, describe, expect, it } from 'vitest';
import { readGlyphSheet, type GlyphSheet } from './train/glyph-sheet.ts';
import { createNetwork } from './train/network.ts';
import { seededRandom } from './train/random.ts';
import { toOnnx } from './train/to-onnx.ts';
import { trainNetwork } from './train/train-network.ts';

let sheet: GlyphSheet;
beforeAll(async () => {
  sheet = await readGlyphSheet();
});

function shortRun(seed: number, glyphs: GlyphSheet = sheet): Uint8Array {
  return toOnnx(trainNetwork(glyphs, { seed, steps: 4 }), {});
}

describe('the fonts', () => {
  it('are at least 40 families, at least 8 of them held out, of every common kind, all under open licences', () => {
    const fonts = sheet.families.map(({ font }) => font);
    const heldOut = fonts.filter(({ split }) => split === 'held-out');
    expect(fonts.length).toBeGreaterThanOrEqual(40);
    expect(heldOut.length).toBeGreaterThanOrEqual(8);
    expect(new Set(fonts.map(({ licence }) => licence))).toEqual(new Set(['OFL-1.1', 'Apache-2.0']));
    expect(heldOut.map(({ category }) => category)).toEqual(
      expect.arrayContaining(['serif', 'sans-serif', 'monospace', 'handwriting']),
    );
  });

  it('give ten different glyphs for every face, with ink inside the cell', () => {
    for (const face of sheet.families.flatMap(({ faces }) => faces)) {
      expect(new Set(face.map(({ ink }) => ink.join())).size).toBe(10);
      for (const { ink } of face) {
        const share = ink.reduce((sum, value) => sum + value, 0) / ink.length;
        expect(share).toBeGreaterThan(0.02);
        expect(ink.subarray(0, sheet.cell).every((value) => value === 0)).toBe(true);
      }
    }
  });
});

describe('training', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    const first = shortRun(1);
    expect(Buffer.compare(first, shortRun(1))).toBe(0);
    expect(Buffer.compare(first, shortRun(2))).not.toBe(0);
  });

  it('never looks at a held-out font', () => {
    const families = sheet.families.filter(({ font }) => font.split === 'train');
    expect(families.length).toBeLessThan(sheet.families.length);
    expect(Buffer.compare(shortRun(1), shortRun(1, { ...sheet, families }))).toBe(0);
  });

  it('goes along the gradient that finite differences give', () => {
    const network = createNetwork(seededRandom(5));
    // Noise, because blank paper lies on the corner of ReLU, where there is no gradient.
    const random = seededRandom(6);
    const picture = Float64Array.from({ length: 28 * 28 }, () => random.between(0, 1));
    const digit = 4;
    const loss = (): number => -Math.log(network.classify(picture)[digit]!);
    loss();
    network.learn(digit);
    for (const { name, values, gradient } of network.parameters) {
      const steepest = gradient.reduce(
        (best, slope, place) => (Math.abs(slope) > Math.abs(gradient[best]!) ? place : best),
        0,
      );
      for (const place of [0, steepest]) {
        const value = values[place]!;
        values[place] = value + 1e-6;
        const above = loss();
        values[place] = value - 1e-6;
        const below = loss();
        values[place] = value;
        expect((above - below) / 2e-6, `${name}[${place}]`).toBeCloseTo(gradient[place]!, 5);
      }
      expect(Math.abs(gradient[steepest]!), name).toBeGreaterThan(1e-3);
    }
  });
});
