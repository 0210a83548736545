/** Lets at most so many tasks run at once; the others wait in the order in which they came. */
export function limitConcurrency(most: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place passes on as it is, so that nobody can slip in between.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
