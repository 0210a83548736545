// Draws the pictures of this folder from strokes, not from a font: node --conditions=@switchyard/source pictures/draw.ts
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { seededRandom, type Random } from '../train/random.ts';

/** One picture: strokes in a box of 100 by 140, and how they lie on the paper. */
interface Drawing {
  readonly name: string;
  readonly strokes: string;
  readonly width: number;
  readonly height: number;
  /** Degrees, clockwise. */
  readonly turn: number;
  /** Height of the box as a share of the picture's height. */
  readonly share: number;
  /** Width of the brush in units of the box. */
  readonly brush: number;
  readonly ink: string;
}

const DRAWINGS: readonly Drawing[] = [
  {
    name: 'two',
    strokes: 'M15 38 C15 5 85 5 85 40 C85 70 40 90 14 132 L92 129',
    width: 240,
    height: 320,
    turn: -5,
    share: 0.6,
    brush: 12,
    ink: '#1d2440',
  },
  {
    name: 'three',
    strokes: 'M18 25 C35 0 85 5 80 38 C76 62 50 66 42 66 C60 66 92 74 88 104 C84 142 28 142 12 116',
    width: 320,
    height: 240,
    turn: 4,
    share: 0.72,
    brush: 14,
    ink: '#222222',
  },
  {
    name: 'four',
    strokes: 'M60 8 C45 40 25 70 10 92 L94 89 M68 52 L64 136',
    width: 320,
    height: 240,
    turn: -3,
    share: 0.66,
    brush: 11,
    ink: '#30261f',
  },
  {
    name: 'five',
    strokes: 'M84 11 L30 10 L24 62 C50 46 90 60 86 96 C82 138 30 140 14 118',
    width: 400,
    height: 400,
    turn: 6,
    share: 0.55,
    brush: 13,
    ink: '#1a1a1a',
  },
  {
    name: 'seven',
    strokes: 'M12 14 L88 12 C70 50 50 90 42 134',
    width: 320,
    height: 240,
    turn: 5,
    share: 0.7,
    brush: 15,
    ink: '#252525',
  },
  {
    name: 'eight',
    strokes:
      'M72 30 C60 4 20 10 26 38 C32 64 82 76 80 106 C78 142 18 142 20 106 C22 78 66 62 74 38 C76 30 74 22 66 17',
    width: 320,
    height: 240,
    turn: -6,
    share: 0.75,
    brush: 12,
    ink: '#2b2b35',
  },
];

const random = seededRandom(320);
for (const drawing of DRAWINGS) await draw(drawing, random);

async function draw(drawing: Drawing, random: Random): Promise<void> {
  const { width, height } = drawing;
  const scale = (height * drawing.share) / 140;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <g transform="translate(${width / 2} ${height / 2}) rotate(${drawing.turn}) scale(${scale}) translate(-50 -70)"
      fill="none" stroke="${drawing.ink}" stroke-linecap="round" stroke-linejoin="round">
      <path d="${drawing.strokes}" stroke-width="${drawing.brush}"/>
      <path d="${drawing.strokes}" stroke-width="${drawing.brush / 2}" transform="translate(2 3)"/>
    </g></svg>`;
  const strokes = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  const pixels = Buffer.alloc(width * height * 3);
  for (let place = 0; place < width * height; place += 1) {
    // Warm paper, darker towards one corner, with a grain.
    const shade = 14 * (((place % width) / width + Math.floor(place / width) / height) / 2);
    const grain = Math.round(random.bell() * 1.6);
    const opacity = strokes[place * 4 + 3]! / 255;
    for (const [channel, paper] of [246, 243, 234].entries()) {
      const light = paper - shade + grain;
      const value = light + (strokes[place * 4 + channel]! - light) * opacity;
      pixels[place * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toFile(fileURLToPath(new URL(`${drawing.name}.png`, import.meta.url)));
}
