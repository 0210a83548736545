import { array, assert, boolean, integer, property, record, uniqueArray } from 'fast-check';
import { expect, it } from 'vitest';
import { formBatch, type BatchRules, type WaitingLine } from './form-batch.ts';

interface Request {
  readonly id: number;
  readonly rows: number;
  readonly since: number;
  readonly alone: boolean;
  readonly shape: number;
}

const NOW = 1000;

const requests = array(
  record({
    rows: integer({ min: 1, max: 6 }),
    since: integer({ min: NOW - 50, max: NOW }),
    alone: integer({ min: 0, max: 9 }),
    shape: integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 30 },
).map((list): readonly Request[] => list.map((one, id) => ({ ...one, id, alone: one.alone === 0 })));
const rules = record({
  maxRows: integer({ min: 1, max: 16 }),
  preferredSizes: uniqueArray(integer({ min: 1, max: 16 }), { maxLength: 3 }),
  maxDelayMs: integer({ min: 0, max: 60 }),
}).map(({ maxRows, preferredSizes, maxDelayMs }): BatchRules => ({
  maxRows,
  preferredSizes: new Set(preferredSizes.filter((size) => size <= maxRows)),
  maxDelayMs,
}));

function lineOf(list: readonly Request[]): WaitingLine<Request> {
  return {
    first: () => list[0] ?? null,
    after: (request) => list[list.indexOf(request) + 1] ?? null,
  };
}

const joins = (one: Request, other: Request): boolean => one.shape === other.shape;
const rowsOf = (batch: readonly Request[]): number => batch.reduce((sum, { rows }) => sum + rows, 0);

it('serves the first, and only what may run with it, in its order and as much as fits', () => {
  assert(
    property(requests, rules, (list, rule) => {
      const formed = formBatch(lineOf(list), rule, joins, NOW);
      const head = list[0]!;
      // Those that could join the first, up to the first that does not fit any more.
      const candidates = list.filter((one) => one === head || (!one.alone && joins(head, one)));
      const fitting: Request[] = [];
      for (const one of candidates) {
        if (fitting.length > 0 && (head.alone || rowsOf([...fitting, one]) > rule.maxRows)) break;
        fitting.push(one);
      }
      const isFull = fitting.length < candidates.length || rowsOf(fitting) >= rule.maxRows;
      const prefixes = fitting.map((_, at) => fitting.slice(0, at + 1));
      const preferred = prefixes.filter((prefix) => rule.preferredSizes.has(rowsOf(prefix))).at(-1);
      const due = Math.min(...fitting.map(({ since }) => since)) + rule.maxDelayMs;
      if (typeof formed === 'number') {
        expect(formed).toBe(due);
        expect(formed).toBeGreaterThan(NOW);
        expect({ isFull, alone: head.alone, preferred }).toEqual({
          isFull: false,
          alone: false,
          preferred: undefined,
        });
      } else {
        expect(formed).toEqual(head.alone ? [head] : (preferred ?? fitting));
        if (formed.length > 1) expect(rowsOf(formed)).toBeLessThanOrEqual(rule.maxRows);
        if (!head.alone && preferred === undefined && !isFull) expect(due).toBeLessThanOrEqual(NOW);
      }
    }),
    { numRuns: 2000 },
  );
});

it('serves everybody once, and those of one shape in their order', () => {
  assert(
    property(requests, rules, boolean(), (list, rule, isLate) => {
      const waiting = [...list];
      const served: Request[] = [];
      const rule2 = isLate ? rule : { ...rule, maxDelayMs: 0 };
      while (waiting.length > 0) {
        const formed = formBatch(lineOf(waiting), rule2, joins, isLate ? NOW + 100 : NOW);
        if (typeof formed === 'number') throw new Error('Nobody has to wait any more.');
        for (const one of formed) {
          waiting.splice(waiting.indexOf(one), 1);
          served.push(one);
        }
      }
      expect(served.map(({ id }) => id).toSorted((one, other) => one - other)).toEqual(
        list.map(({ id }) => id),
      );
      for (const shape of [0, 1, 2]) {
        const ids = served.filter((one) => one.shape === shape && !one.alone).map(({ id }) => id);
        expect(ids).toEqual(ids.toSorted((one, other) => one - other));
      }
    }),
    { numRuns: 1000 },
  );
});

it('an empty line makes no batch', () => {
  const rule = { maxRows: 4, preferredSizes: new Set<number>(), maxDelayMs: 0 };
  expect(formBatch(lineOf([]), rule, joins, NOW)).toEqual([]);
});
