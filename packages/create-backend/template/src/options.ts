import type { OptionSchemaV1 } from '@switchyard/core';

// fill-in: The options that your engine really obeys. The set is closed: any other name is refused.
export const OPTIONS: OptionSchemaV1 = {
  intraOpThreads: {
    type: 'integer',
    description: 'Threads that one operator may use. More threads are faster until the cores run out.',
    minimum: 1,
    maximum: 1024,
    unit: 'threads',
  },
};
