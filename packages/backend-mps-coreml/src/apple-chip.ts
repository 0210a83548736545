/** An Apple chip by the name that macOS gives the processor. */
export interface AppleChip {
  /** Family with its generation: `M4`, `A18`. */
  readonly family: string;
  /** The name of a processor that a hypervisor shows to its guest: `Apple M1 (Virtual)`. */
  readonly virtual: boolean;
}

const NAME = /^Apple ([AM]\d+)(?: (?:Pro|Max|Ultra|X|Z))?( \(Virtual\))?$/;

/** Takes a processor's name apart (`Apple M4 Max`), or answers `null` when it is not that of an Apple chip. */
export function appleChip(model: string): AppleChip | null {
  const match = NAME.exec(model.trim());
  if (match === null) return null;
  return { family: match[1]!, virtual: match[2] !== undefined };
}
