/**
 * Adds a value to a record by name, as own property whatever the name: models may call a value `__proto__`,
 * which an assignment would take for the prototype.
 */
export function putNamed<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  } else record[name] = value;
}
