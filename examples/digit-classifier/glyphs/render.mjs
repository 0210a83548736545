// Renders the digits of every font in package.json into ../data/glyphs.png and ../data/fonts.json.
// npm install --prefix examples/digit-classifier/glyphs && npm run render --prefix examples/digit-classifier/glyphs
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
// oxlint-disable-next-line import/default -- Node reads the CommonJS entry, whose exports are the default.
import opentype from 'opentype.js';
import sharp from 'sharp';

/** Families that training never sees. None has a relative (the same design as serif or mono) among the others. */
const HELD_OUT = new Set([
  'bitter',
  'cabin',
  'caveat',
  'comfortaa',
  'comic-neue',
  'courier-prime',
  'exo-2',
  'handlee',
  'libre-baskerville',
  'patrick-hand',
  'pt-serif',
  'schoolbell',
  'space-mono',
  'work-sans',
]);
/** Pixels of a cell, and of the longer side of the glyph in its middle. */
const CELL = 40;
const GLYPH = 36;
/** Grey levels that are kept: enough for an edge, and small as PNG. */
const LEVELS = 16;
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

const manifest = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
const families = Object.keys(manifest.dependencies)
  .filter((name) => name.startsWith('@fontsource/'))
  .toSorted();
const rows = [];
const listed = [];
for (const name of families) {
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const metadata = JSON.parse(await readFile(new URL('metadata.json', folder), 'utf8'));
  const files = await readdir(new URL('files/', folder));
  const faces = [];
  for (const face of chosenFaces(metadata, files)) {
    const bytes = await readFile(new URL(`files/${face.file}`, folder));
    const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    rows.push(await renderRow(font));
    faces.push({ row: rows.length - 1, weight: face.weight, style: face.style });
  }
  listed.push({
    family: metadata.family,
    category: metadata.category,
    split: HELD_OUT.has(metadata.id) ? 'held-out' : 'train',
    licence: metadata.license.type,
    attribution: metadata.license.attribution,
    package: `${name}@${manifest.dependencies[name]}`,
    faces,
  });
}

const sheet = Buffer.concat(rows);
const output = new URL('../data/', import.meta.url);
await mkdir(output, { recursive: true });
const width = CELL * DIGITS.length;
await sharp(sheet, { raw: { width, height: CELL * rows.length, channels: 1 } })
  .toColourspace('b-w')
  .png({ compressionLevel: 9, adaptiveFiltering: false })
  .toFile(fileURLToPath(new URL('glyphs.png', output)));
await writeFile(
  new URL('fonts.json', output),
  `${JSON.stringify({ cell: CELL, glyph: GLYPH, families: listed }, null, 2)}\n`,
);
console.log(`${listed.length} families, ${rows.length} faces, ${rows.length * DIGITS.length} glyphs.`);

/** The lightest, the regular and the bold weight where there are such, and the regular italic. */
function chosenFaces(metadata, files) {
  const weights = metadata.weights.toSorted((left, right) => left - right);
  const bold = weights.findLast((weight) => weight <= 700);
  const wanted = [
    ...[...new Set([Math.max(weights[0], 200), 400, bold])].map((weight) => ({ weight, style: 'normal' })),
    { weight: 400, style: 'italic' },
  ];
  return wanted
    .map((face) => ({ ...face, file: `${metadata.id}-latin-${face.weight}-${face.style}.woff` }))
    .filter((face) => files.includes(face.file));
}

async function renderRow(font) {
  const row = Buffer.alloc(CELL * CELL * DIGITS.length, 255);
  for (const [column, digit] of DIGITS.entries()) {
    const pixels = await renderGlyph(font, digit);
    for (let line = 0; line < CELL; line += 1)
      pixels.copy(row, (line * DIGITS.length + column) * CELL, line * CELL, (line + 1) * CELL);
  }
  return row;
}

async function renderGlyph(font, digit) {
  const path = font.getPath(digit, 0, 0, 1000);
  const box = path.getBoundingBox();
  const scale = GLYPH / Math.max(box.x2 - box.x1, box.y2 - box.y1);
  const left = CELL / 2 - ((box.x1 + box.x2) / 2) * scale;
  const top = CELL / 2 - ((box.y1 + box.y2) / 2) * scale;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL}" height="${CELL}">
    <rect width="100%" height="100%" fill="#fff"/>
    <path transform="translate(${left} ${top}) scale(${scale})" d="${path.toPathData(2)}"/></svg>`;
  const grey = await sharp(Buffer.from(svg)).toColourspace('b-w').extractChannel(0).raw().toBuffer();
  if (grey.length !== CELL * CELL) throw new RangeError(`A glyph came out as ${grey.length} bytes.`);
  return grey.map((value) => Math.round((Math.round((value / 255) * (LEVELS - 1)) / (LEVELS - 1)) * 255));
}
