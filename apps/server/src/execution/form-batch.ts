/** What the forming of batches has to know of a request. */
export interface Waiting {
  readonly rows: number;
  /** When it came, in milliseconds. */
  readonly since: number;
  /** It must not share a run. */
  readonly alone: boolean;
}

/** Requests in the order in which they are to be served. */
export interface WaitingLine<Request> {
  first(): Request | null;
  after(request: Request): Request | null;
}

export interface BatchRules {
  /** Most rows of a batch, 1 or more. */
  readonly maxRows: number;
  readonly preferredSizes: ReadonlySet<number>;
  readonly maxDelayMs: number;
}

/**
 * The requests that run together now, or the time in milliseconds until which the first of them waits for
 * company. Changes nothing. The first of the line is always served; others join it in their order as
 * long as they fit, and those of another shape are passed over without losing their place.
 */
export function formBatch<Request extends Waiting>(
  line: WaitingLine<Request>,
  rules: BatchRules,
  joins: (first: Request, other: Request) => boolean,
  now: number,
): Request[] | number {
  const head = line.first();
  if (head === null) return [];
  const { maxRows, preferredSizes, maxDelayMs } = rules;
  const batch = [head];
  if (head.alone || head.rows >= maxRows) return batch;
  let rows = head.rows;
  let since = head.since;
  let preferred = preferredSizes.has(rows) ? 1 : 0;
  let full = false;
  for (let other = line.after(head); other !== null && !full; other = line.after(other)) {
    if (other.alone || !joins(head, other)) continue;
    if (rows + other.rows > maxRows) {
      full = true;
      continue;
    }
    batch.push(other);
    rows += other.rows;
    if (other.since < since) ({ since } = other);
    if (preferredSizes.has(rows)) preferred = batch.length;
    full = rows === maxRows;
  }
  if (preferred > 0) return preferred === batch.length ? batch : batch.slice(0, preferred);
  if (full || now >= since + maxDelayMs) return batch;
  return since + maxDelayMs;
}
