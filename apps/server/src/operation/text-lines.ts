/** Turns lines of JSON into words for a person: `12:00:00.000 warn not answered  model="m" rows=1`. */
export function textLines(write: (line: string) => void): (line: string) => void {
  return (line) => {
    const { level, time, msg, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const words = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const clock = String(time).slice(11, 23);
    write(`${clock} ${String(level)} ${String(msg)}${words.length === 0 ? '' : `  ${words.join(' ')}`}\n`);
  };
}
