/** Options that belong to the program that was started, not to its helpers. */
const NOT_FOR_CHILDREN =
  /^(?:-e|--eval|-p|--print|-pe|-i|--interactive|-c|--check|--input-type|--inspect.*|--debug-port|--test.*|--watch.*|--cpu-prof.*|--heap-prof.*|--heapsnapshot.*|--prof|--run|--build-snapshot.*|--title|--experimental-test-.*|--env-file.*)$/;

/** Options that a thread may have for itself; Node refuses the others there. */
const FOR_THREADS =
  /^(?:-C|--conditions|-r|--require|--import|--loader|--experimental-loader|--experimental-strip-types|--no-experimental-strip-types|--experimental-transform-types|--no-warnings|--disable-warning|--enable-source-maps|--preserve-symlinks)$/;

/**
 * Options of this process that a child of the runtime gets too, so that it finds the same modules. Debuggers,
 * profilers, evaluated text and the hooks of test runners stay behind.
 */
export function childArguments(execArgv: readonly string[]): string[] {
  return pick(execArgv, (name, value) => !NOT_FOR_CHILDREN.test(name) && !isTestRunner(value));
}

/** The same for a thread, which refuses options that concern the whole process. */
export function threadArguments(execArgv: readonly string[]): string[] {
  return pick(execArgv, (name, value) => FOR_THREADS.test(name) && !isTestRunner(value));
}

function pick(execArgv: readonly string[], wanted: (name: string, value: string) => boolean): string[] {
  const picked: string[] = [];
  for (let at = 0; at < execArgv.length; at += 1) {
    const argument = execArgv[at]!;
    const equals = argument.indexOf('=');
    const name = equals === -1 ? argument : argument.slice(0, equals);
    const next = execArgv[at + 1];
    // Node takes no value that begins with a dash, and no argument of its own that does not.
    const takesNext = equals === -1 && next !== undefined && !next.startsWith('-');
    const value = takesNext ? next : argument.slice(equals + 1);
    if (wanted(name, value)) picked.push(...execArgv.slice(at, at + (takesNext ? 2 : 1)));
    if (takesNext) at += 1;
  }
  return picked;
}

function isTestRunner(value: string): boolean {
  return /[/\\](?:vitest|jest|tinypool|vite-node)[/\\]/.test(value);
}
