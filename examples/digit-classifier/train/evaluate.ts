import { cleanPicture, randomPicture } from './augment.ts';
import type { GlyphSheet } from './glyph-sheet.ts';
import { seededRandom } from './random.ts';

/** A picture of a held-out font, with the truth about it. */
export interface ExamPicture {
  readonly digit: number;
  readonly category: string;
  readonly family: string;
  /** 28 x 28 values, 0 is black, 1 is white. */
  readonly picture: Float64Array;
}

/** How a classifier did on a set of pictures. */
export interface Tally {
  readonly pictures: number;
  readonly correct: number;
  /** `correct` through `pictures`, from 0 to 1, rounded to four places. */
  readonly accuracy: number;
  /** Accuracy by category of font (serif, handwriting and so on). */
  readonly byCategory: Readonly<Record<string, number>>;
  /** Families with at least one mistake, and how many. */
  readonly mistakesByFamily: Readonly<Record<string, number>>;
  /** Row: the true digit. Column: the answer. */
  readonly confusion: readonly (readonly number[])[];
}

const EXAM_SEED = 20_261_122;
const RANDOM_PICTURES_PER_GLYPH = 5;

/** The two exams: every held-out glyph once, upright and clean, and five times as people's pictures have it. */
export function examPictures(sheet: GlyphSheet): Readonly<Record<'clean' | 'augmented', ExamPicture[]>> {
  const random = seededRandom(EXAM_SEED);
  const exams = { clean: [] as ExamPicture[], augmented: [] as ExamPicture[] };
  for (const { font, faces } of sheet.families) {
    if (font.split !== 'held-out') continue;
    const { category, family } = font;
    for (const { digit, ink } of faces.flat()) {
      exams.clean.push({ digit, category, family, picture: cleanPicture(sheet, ink) });
      for (let count = 0; count < RANDOM_PICTURES_PER_GLYPH; count += 1)
        exams.augmented.push({ digit, category, family, picture: randomPicture(sheet, ink, random) });
    }
  }
  return exams;
}

/** Marks an exam. `answers` are digits, in the order of the pictures. */
export function tally(exam: readonly ExamPicture[], answers: readonly number[]): Tally {
  const confusion = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 0));
  const categories = new Map<string, { pictures: number; correct: number }>();
  const mistakesByFamily: Record<string, number> = {};
  let correct = 0;
  for (const [index, { digit, category, family }] of exam.entries()) {
    const answer = answers[index]!;
    confusion[digit]![answer]! += 1;
    const counts = categories.get(category) ?? { pictures: 0, correct: 0 };
    categories.set(category, counts);
    counts.pictures += 1;
    if (answer === digit) {
      correct += 1;
      counts.correct += 1;
    } else mistakesByFamily[family] = (mistakesByFamily[family] ?? 0) + 1;
  }
  const byCategory = [...categories].map(([category, counts]) => [category, share(counts)] as const);
  return {
    pictures: exam.length,
    correct,
    accuracy: share({ pictures: exam.length, correct }),
    byCategory: Object.fromEntries(byCategory.toSorted(([left], [right]) => (left < right ? -1 : 1))),
    mistakesByFamily,
    confusion,
  };
}

/** The digit with the highest probability. */
export function bestDigit(probabilities: ArrayLike<number>): number {
  let best = 0;
  for (let digit = 1; digit < probabilities.length; digit += 1)
    if (probabilities[digit]! > probabilities[best]!) best = digit;
  return best;
}

function share(counts: { readonly pictures: number; readonly correct: number }): number {
  return Math.round((counts.correct / counts.pictures) * 1e4) / 1e4;
}
