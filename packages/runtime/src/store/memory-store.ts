import type { Remembered, Store } from './open-store.ts';

/** A store that forgets everything with the object: for callers who want nothing on disk. */
export function memoryStore(): Store {
  const entries = new Map<
    string,
    { readonly kind: string; readonly key: string; readonly text: string; readonly recordedAt: Date }
  >();
  const read = (kind: string, key: string): Remembered | null => {
    const entry = entries.get(`${kind} ${key}`);
    if (entry === undefined) return null;
    const ageMs = Math.max(0, Date.now() - entry.recordedAt.getTime());
    return { value: JSON.parse(entry.text), recordedAt: entry.recordedAt, ageMs };
  };
  return {
    path: '',
    read: async (kind, key) => read(kind, key),
    write: async (kind, key, value) => {
      entries.set(`${kind} ${key}`, { kind, key, text: JSON.stringify(value), recordedAt: new Date() });
      return true;
    },
    list: async () =>
      [...entries.values()]
        .map(({ kind, key, text, recordedAt }) => ({ kind, key, recordedAt, bytes: Buffer.byteLength(text) }))
        .toSorted((left, right) => (`${left.kind} ${left.key}` < `${right.kind} ${right.key}` ? -1 : 1)),
    clear: async () => {
      const { size } = entries;
      entries.clear();
      return size;
    },
  };
}
