/** A stream of pseudo-random numbers that is the same for the same seed on every machine. */
export interface Random {
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** A whole number in [0, count). */
  below(count: number): number;
  /** Bell-shaped with mean 0 and deviation 1. A sum of uniforms: no `Math.log`, whose last bit may differ. */
  bell(): number;
}

/** A 32-bit counter in odd steps, scrambled by two rounds of multiply and shift. */
export function seededRandom(seed: number): Random {
  let counter = Math.imul(seed, 0x2c1b3c6d) | 0;
  const unit = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let bits = counter ^ (counter >>> 15);
    bits = Math.imul(bits, 0x2c1b3c6d);
    bits ^= bits >>> 12;
    bits = Math.imul(bits, 0x297a2d39);
    bits ^= bits >>> 15;
    return (bits >>> 0) / 2 ** 32;
  };
  return {
    between: (from, to) => from + (to - from) * unit(),
    below: (count) => Math.floor(unit() * count),
    bell: () => (unit() + unit() + unit() + unit() - 2) * Math.sqrt(3),
  };
}
