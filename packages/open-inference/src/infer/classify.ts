import type { WireTensor } from '../messages.ts';

/** How a classification is made. */
export interface ClassifyOptions {
  /** One per class, in order; empty for none. */
  readonly labels: readonly string[];
  /** Whether the first dimension is the batch. */
  readonly batched: boolean;
}

export function classify(tensor: WireTensor, count: number, options: ClassifyOptions): WireTensor {
  throw new Error(`not built yet: ${tensor.name} ${count} ${options.batched}`);
}
