import { backendNames, takeSelectionFlags, VALUE_FLAGS, type SettingStatement } from '@switchyard/core';
import { CommanderError, type Command } from 'commander';
import type { CliContext, GlobalOptions } from './cli-context.ts';
import { discoverHere } from './discover-here.ts';
import type { BenchArguments } from './commands/bench.ts';
import type { RunArguments } from './commands/run-arguments.ts';
import type { VerifyArguments } from './commands/verify.ts';
import { buildProgram, COMMANDS, SELECTING, type CommandName, type Handler } from './program.ts';
import { reportError } from './report-error.ts';
import type { Invocation, Simulation } from './situation.ts';
import { UsageError } from './usage-error.ts';
import { usageError } from './usage-errors.ts';

const GLOBAL_FLAG = /^--(?:json|quiet|no-color|config=.*)$/s;

/**
 * Runs the program without a process of its own and returns its exit status (docs/reference/exit-statuses.md).
 * It never throws, reads nothing but what the context gives, and loads per command what that command needs.
 */
export async function runCli(context: CliContext): Promise<number> {
  const json = saysBeforeDashes(context.argv, '--json');
  const color = !saysBeforeDashes(context.argv, '--no-color');
  try {
    return await dispatch(context);
  } catch (error) {
    return reportError(error, context, json, color);
  }
}

async function dispatch(context: CliContext): Promise<number> {
  if (context.argv[0] === 'complete') {
    const { complete } = await import('./commands/complete.ts');
    return complete(context);
  }
  const serving = wordsOfServe(context.argv);
  if (serving !== null) {
    const { serve } = await import('./commands/serve.ts');
    return serve(context, serving);
  }
  const discovery = discoverHere(context.cwd);
  const names = backendNames(discovery.names);
  const { statements: flags, rest } = takeSelectionFlags(context.argv, names);
  let status = 0;
  const handle: Handler = async (name, words, options) => {
    refuseFlags(name, flags);
    const invocation = { context, options: globalOptions(options), flags, discovery };
    status = await runCommand(name, words, options, invocation);
  };
  // Two hundred flags of other commands take longer to set up than most commands take.
  const program = buildProgram(names.ids, handle, namedCommand(rest));
  capture(program, context);
  if (rest.length === 0) {
    if (flags.length > 0) {
      throw new UsageError(
        `${sourceOf(flags)} was given without a command.`,
        'Write a command first, as in `switchyard explain`.',
      );
    }
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(rest, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw usageError(error, program, rest);
  }
}

async function runCommand(
  name: CommandName,
  words: readonly (string | undefined)[],
  options: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<number> {
  const { context } = invocation;
  const model = words[0];
  switch (name) {
    case 'run': {
      const { run } = await import('./commands/run.ts');
      return run(invocation, model!, options as unknown as RunArguments);
    }
    case 'devices': {
      const { devices } = await import('./commands/devices.ts');
      return devices(invocation, simulationOf(options));
    }
    case 'backends': {
      const { backends } = await import('./commands/backends.ts');
      return backends(invocation, words[0]!, words[1], options);
    }
    case 'explain': {
      const { explain } = await import('./commands/explain.ts');
      return explain(invocation, model, simulationOf(options), options);
    }
    case 'doctor': {
      const { doctor } = await import('./commands/doctor.ts');
      return doctor(invocation, options);
    }
    case 'verify': {
      const { verify } = await import('./commands/verify.ts');
      return verify(invocation, model!, options as unknown as VerifyArguments);
    }
    case 'conformance': {
      const { conformance } = await import('./commands/conformance.ts');
      return conformance(invocation, options);
    }
    case 'bench': {
      const { bench } = await import('./commands/bench.ts');
      return bench(invocation, model!, options as unknown as BenchArguments);
    }
    case 'cache': {
      const { cache } = await import('./commands/cache.ts');
      return cache(context, invocation.options, model!);
    }
    case 'serve': {
      // Taken before commander sees it.
      throw new Error('`serve` came past the server.');
    }
    case 'inspect': {
      const { inspect } = await import('./commands/inspect.ts');
      return inspect(context, invocation.options, model!);
    }
    case 'host': {
      const { host } = await import('./commands/host.ts');
      return host(context, invocation.options);
    }
    case 'config': {
      const { config } = await import('./commands/config.ts');
      return config(invocation);
    }
    case 'completion': {
      const { completion } = await import('./commands/completion.ts');
      return completion(context, invocation.options, model!);
    }
  }
}

/**
 * The command line without `serve`, or `null` for another command. The server reads it by itself: its flags
 * are those of its own package, which this program need not have.
 */
function wordsOfServe(argv: readonly string[]): readonly string[] | null {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (word === '--') return null;
    if (!word.startsWith('-')) {
      const others = [...argv.slice(0, index), ...argv.slice(index + 1)];
      return word === 'serve' ? others.filter((other) => other !== '--no-color') : null;
    }
    if (Object.hasOwn(VALUE_FLAGS, word) || word === '--config') index += 1;
  }
  return null;
}

/** The command that is named, where nothing but flags of every command stands before it. */
function namedCommand(words: readonly string[]): CommandName | undefined {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === '--config') index += 1;
    else if (!GLOBAL_FLAG.test(word)) return COMMANDS.find((name) => name === word);
  }
  return undefined;
}

function simulationOf(options: Readonly<Record<string, unknown>>): Simulation {
  const { host, installed } = options;
  return {
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof installed === 'string' ? { installed } : {}),
  };
}

function globalOptions(options: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    color: options['color'] !== false,
    config: typeof options['config'] === 'string' ? options['config'] : undefined,
  };
}

function refuseFlags(name: CommandName, flags: readonly SettingStatement[]): void {
  if (flags.length === 0 || SELECTING.includes(name)) return;
  throw new UsageError(
    `\`switchyard ${name}\` chooses no backend, so ${sourceOf(flags)} means nothing there.`,
    'Leave it out.',
  );
}

function sourceOf(flags: readonly SettingStatement[]): string {
  return `\`${flags[0]?.source.detail ?? ''}\``;
}

/** Commander writes where it is told and throws in place of ending the process. */
function capture(program: Command, { stdout }: CliContext): void {
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => stdout.write(text),
      // What went wrong is said once, in our words.
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 120),
      getOutHasColors: () => false,
    });
  }
}

function saysBeforeDashes(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag);
}
