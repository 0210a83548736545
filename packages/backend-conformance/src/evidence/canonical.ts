import { createHash } from 'node:crypto';

/** JSON with the keys of every object in order, without spaces: the same document is the same text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((member) => canonical(member)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** The hash of a document without its own `hash`: `sha256:` and 64 hexadecimal digits. */
export function hashOf(document: Readonly<Record<string, unknown>>): string {
  const { hash: _, ...content } = document;
  return `sha256:${createHash('sha256').update(canonical(content)).digest('hex')}`;
}
