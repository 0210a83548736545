/** A pseudo-random sequence that is the same on every machine. Not for secrets. */
export interface Random {
  /** A number from 0, included, to 1, not included. */
  unit(): number;
  /** A whole number from 0, included, to `limit`, not included. */
  below(limit: number): number;
}

/** A Weyl sequence through the finaliser of MurmurHash3: 32 bits of state, every seed a full period. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  return { unit, below: (limit) => Math.floor(unit() * limit) };
}
