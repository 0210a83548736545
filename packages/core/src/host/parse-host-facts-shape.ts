/** The first place where a document is not what it has to be. */
export interface Mismatch {
  /** JSON path: `$.cpu.model`, `$.accelerators.value[0].kind`. */
  readonly path: string;
  /** What has to be there, as the end of "expected …". */
  readonly expected: string;
  /** What is there, as the end of "found …". */
  readonly found: string;
}

/** Checks one value; `null` when it fits. */
export type Shape = (value: unknown, path: string) => Mismatch | null;

const LONGEST_QUOTE = 40;

/** Says what a JSON value is, short enough for a message. */
function describeJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const quoted = JSON.stringify(value);
  const short = quoted.length > LONGEST_QUOTE ? `${quoted.slice(0, LONGEST_QUOTE)}…` : quoted;
  return `the ${typeof value} \`${short}\``;
}

/** A value that a test accepts. */
function where(expected: string, fits: (value: unknown) => boolean): Shape {
  return (value, path) => (fits(value) ? null : { path, expected, found: describeJson(value) });
}

/** Any string. */
export const text: Shape = where('a string', (value) => typeof value === 'string');

/** A string with at least one character. */
export const words: Shape = where(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
);

/** A string or `null`. */
export const textOrNull: Shape = where(
  'a string or null',
  (value) => value === null || typeof value === 'string',
);

/** Four hexadecimal digits or `null`. */
export const pciId: Shape = where(
  'four hexadecimal digits as a string, or null',
  (value) => value === null || (typeof value === 'string' && /^[0-9a-fA-F]{4}$/.test(value)),
);

export const truth: Shape = where('true or false', (value) => typeof value === 'boolean');

/** A whole number that is not below a bound. */
export function whole(least: number): Shape {
  return where(
    `a whole number of at least ${least}`,
    (value) => Number.isInteger(value) && Number(value) >= least,
  );
}

/** One of a few literal values. */
export function oneOf(...values: readonly (string | number | boolean | null)[]): Shape {
  const named = values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  return where(named, (value) => values.some((literal) => literal === value));
}

/** A shape or `null`. */
export function orNull(shape: Shape): Shape {
  return (value, path) => {
    if (value === null) return null;
    const mismatch = shape(value, path);
    return mismatch === null ? null : { ...mismatch, expected: `${mismatch.expected}, or null` };
  };
}

/** An array whose members all have one shape. */
export function listOf(member: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return { path, expected: 'an array', found: describeJson(value) };
    for (const [index, item] of value.entries()) {
      const mismatch = member(item, `${path}[${index}]`);
      if (mismatch !== null) return mismatch;
    }
    return null;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const below = (path: string, key: string): string =>
  /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

/** An object with exactly these keys. */
export function record(members: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    if (!isObject(value)) return { path, expected: 'an object', found: describeJson(value) };
    for (const [key, shape] of Object.entries(members)) {
      if (!Object.hasOwn(value, key))
        return { path: below(path, key), expected: 'this key', found: 'nothing' };
      const mismatch = shape(value[key], below(path, key));
      if (mismatch !== null) return mismatch;
    }
    const extra = Object.keys(value).find((key) => !Object.hasOwn(members, key));
    if (extra === undefined) return null;
    return { path: below(path, extra), expected: 'no such key', found: describeJson(value[extra]) };
  };
}

/** An object with any keys, whose values all have one shape. */
export function mapOf(member: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) return { path, expected: 'an object', found: describeJson(value) };
    for (const [key, item] of Object.entries(value)) {
      const mismatch = member(item, below(path, key));
      if (mismatch !== null) return mismatch;
    }
    return null;
  };
}

/** A known fact with a value of the given shape, or an unknown one with a reason. */
export function fact(member: Shape): Shape {
  const known = record({ known: oneOf(true), value: member, source: words });
  const unknown = record({ known: oneOf(false), why: words });
  return (value, path) => {
    if (!isObject(value))
      return { path, expected: 'a fact (an object with `known`)', found: describeJson(value) };
    if (value['known'] === true) return known(value, path);
    if (value['known'] === false) return unknown(value, path);
    return { path: `${path}.known`, expected: 'true or false', found: describeJson(value['known']) };
  };
}
