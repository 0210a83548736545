import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

/** What `data/fonts.json` says about one family. */
export interface FontFamily {
  readonly family: string;
  readonly category: string;
  readonly split: 'train' | 'held-out';
  readonly licence: string;
  readonly attribution: string;
  readonly package: string;
  readonly faces: readonly { readonly row: number; readonly weight: number; readonly style: string }[];
}

/** One digit of one face: ink from 0 (paper) to 1, `cell` times `cell` values in rows. */
export interface Glyph {
  readonly digit: number;
  readonly ink: Float64Array;
}

/** The digits of one family, face by face. */
export interface FamilyGlyphs {
  readonly font: FontFamily;
  readonly faces: readonly (readonly Glyph[])[];
}

/** The committed glyph masters. */
export interface GlyphSheet {
  /** Pixels of a cell's side. */
  readonly cell: number;
  /** Pixels of the longer side of the glyph in the middle of its cell. */
  readonly glyph: number;
  readonly families: readonly FamilyGlyphs[];
}

const DATA = new URL('../data/', import.meta.url);

/** Reads `data/glyphs.png` and `data/fonts.json`, made by `glyphs/render.mjs`. */
export async function readGlyphSheet(): Promise<GlyphSheet> {
  const listing = JSON.parse(await readFile(new URL('fonts.json', DATA), 'utf8')) as {
    readonly cell: number;
    readonly glyph: number;
    readonly families: readonly FontFamily[];
  };
  const sheet = sharp(await readFile(new URL('glyphs.png', DATA)));
  const { data, info } = await sheet
    .toColourspace('b-w')
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { cell } = listing;
  const glyphAt = (row: number, digit: number): Glyph => {
    const ink = new Float64Array(cell * cell);
    for (let line = 0; line < cell; line += 1) {
      const start = (row * cell + line) * info.width + digit * cell;
      for (let column = 0; column < cell; column += 1)
        ink[line * cell + column] = 1 - data[start + column]! / 255;
    }
    return { digit, ink };
  };
  const families = listing.families.map((font) => ({
    font,
    faces: font.faces.map((face) => Array.from({ length: 10 }, (_, digit) => glyphAt(face.row, digit))),
  }));
  return { cell, glyph: listing.glyph, families };
}
