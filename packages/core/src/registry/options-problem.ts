/** Words that every object has already; an option of such a name could be taken for what is there. */
const TAKEN: readonly string[] = ['__proto__', 'constructor', 'prototype'];
const TYPES: readonly unknown[] = ['boolean', 'integer', 'number', 'string', 'enum'];

/** Why an option schema is not closed, or `null`. */
export function optionsProblem(options: unknown): string | null {
  if (!isRecord(options)) return 'it has no option schema (`options`)';
  for (const [name, spec] of Object.entries(options)) {
    if (TAKEN.includes(name)) return `its option \`${name}\` has a name that every object has already`;
    if (!isRecord(spec)) return `its option \`${name}\` has no specification`;
    const { type, description, values } = spec;
    if (!TYPES.includes(type)) {
      return `its option \`${name}\` is of the type ${JSON.stringify(type)}, not ${TYPES.join(', ')}`;
    }
    if (typeof description !== 'string' || description.trim() === '') {
      return `its option \`${name}\` has no description`;
    }
    if (
      type === 'enum' &&
      !(Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string'))
    ) {
      return `its option \`${name}\` does not list the values that it may have`;
    }
  }
  return null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
