/** Flags that decide how modules are found and read, with whether the value may be the next argument. */
const INHERITED: Readonly<Record<string, boolean>> = {
  '-C': true,
  '--conditions': true,
  '-r': true,
  '--require': true,
  '--import': true,
  '--loader': true,
  '--experimental-loader': true,
  '--disable-warning': true,
  '--experimental-strip-types': false,
  '--experimental-transform-types': false,
  '--preserve-symlinks': false,
  '--preserve-symlinks-main': false,
};

/**
 * The flags of this process that a child needs to find the same modules. The others stay behind: two processes
 * cannot have one inspector port, and a child is not to write profiles.
 */
export function inheritedNodeFlags(execArgv: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < execArgv.length; index += 1) {
    const argument = execArgv[index]!;
    const name = argument.split('=', 1)[0]!;
    const takesValue = Object.hasOwn(INHERITED, name) ? INHERITED[name] : undefined;
    if (takesValue === undefined) continue;
    kept.push(argument);
    const next = execArgv[index + 1];
    if (!takesValue || argument.includes('=') || next === undefined) continue;
    kept.push(next);
    index += 1;
  }
  return kept;
}
