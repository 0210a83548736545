import { isAbsolute, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { backendNames, readSettings, takeSelectionFlags } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { cacheDirectory, createRuntime, type Runtime } from '@switchyard/runtime';
import { OWN_COMPOSITION, type ServerComposition } from './compose.ts';
import { createServer } from './create-server.ts';
import { createKeyCommand } from './keys-command.ts';
import { createServerLog } from './operation/server-log.ts';
import { readCommandLine, type CommandLine } from './options/command-line.ts';
import { readServerSettings } from './options/read-server-settings.ts';
import { renderHelp } from './options/render-help.ts';
import type { ServerSettings } from './options/server-settings.ts';
import { ServerUsageError } from './options/usage-error.ts';
import { reportServerError } from './report-server-error.ts';
import { listening, startReport, startTable } from './start-report.ts';
import { waitForEnd } from './wait-for-end.ts';
import { VERSION } from './version.ts';

/** Everything that the program takes from the outside. */
export interface ServerContext {
  /** Words after the name of the program. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative paths count from. */
  readonly cwd: string;
  readonly stdout: Writable & { readonly columns?: number };
  readonly stderr: Writable;
  /** (optional) What the reader typed to start it. Default: `switchyard-server`. */
  readonly program?: string;
  /** (optional) Default: that of `switchyard-server`. */
  readonly composition?: ServerComposition;
}

/** Variables with the prefix of selection that belong to the programs. */
const OWN_VARIABLES: readonly string[] = ['SWITCHYARD_CACHE_DIR', 'SWITCHYARD_DEBUG'];
const SERVER_PREFIX = 'SWITCHYARD_SERVER_';

/**
 * `switchyard-server`: serves until SIGTERM or SIGINT, and returns the exit status. Nothing listens when it
 * returns another one than 0 because of what it was told; the reason is one line on standard error.
 */
export async function runServer(context: ServerContext): Promise<number> {
  const program = context.program ?? 'switchyard-server';
  try {
    return await serve(context, program);
  } catch (error) {
    return reportServerError(error, context.stderr, context.environment);
  }
}

async function serve(context: ServerContext, program: string): Promise<number> {
  const { cwd, environment, stdout } = context;
  if (context.argv[0] === 'keys') return createKeyCommand(context.argv.slice(1), program, stdout);
  const composition = context.composition ?? OWN_COMPOSITION;
  const discovery = composition.discover(cwd);
  const names = backendNames(discovery.names);
  const { statements: flags, rest } = takeSelectionFlags(context.argv, names);
  const line = readCommandLine(rest, program);
  if (line.help) {
    stdout.write(renderHelp(program, names.ids, Math.min(stdout.columns ?? 100, 120)));
    return 0;
  }
  if (line.version) {
    stdout.write(`${VERSION}\n`);
    return 0;
  }
  const read = await readSettings({
    names,
    cwd,
    environment,
    otherKeys: ['server'],
    otherVariables: [
      ...OWN_VARIABLES,
      ...Object.keys(environment).filter((name) => name.startsWith(SERVER_PREFIX)),
    ],
    ...(line.config === undefined ? {} : { configFile: line.config }),
  });
  const server = await readServerSettings({ files: read.files, environment, flags: line.flags });
  const settings = settle(server.settings, line, cwd, program);
  const statements = [...read.statements, ...flags];
  const composed = await composition.compose(discovery, statements);
  const warnings = [...read.warnings, ...composed.warnings];
  const log = createServerLog({
    format: settings.logFormat,
    level: settings.logLevel,
    write: (text) => context.stderr.write(text),
  });
  for (const { message, remedy } of [...warnings, ...server.warnings]) {
    log.warn(message, remedy === null ? {} : { remedy });
  }
  await using runtime: Runtime = await createRuntime({
    backends: [],
    registry: composed.registry,
    settings: statements,
    warnings,
    host: await readHostFacts({ environment }),
    cache: settings.cache ? cacheDirectory({ environment, cwd }) : null,
    trials: settings.trials,
  });
  const ending = waitForEnd({ log, settings });
  try {
    const running = await createServer({ runtime, settings, log });
    ending.serve(running);
    if (!line.quiet && !line.json && !line.check) stdout.write(listening(running.addresses));
    await Promise.race([running.started, ending.asked]);
    if (!ending.begun()) {
      const report = startReport(running);
      if (line.json) stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else if (!line.quiet) stdout.write(startTable(report));
      if (line.check) {
        await running.close();
        return report.models.every(({ state }) => state === 'READY') ? 0 : 4;
      }
    }
    return await ending.ended;
  } finally {
    ending.release();
  }
}

/** What only the command line and the folder that it was typed in can complete. */
function settle(settings: ServerSettings, line: CommandLine, cwd: string, program: string): ServerSettings {
  const words = line.words.length > 0 ? line.words : settings.models;
  if (words.length === 0) {
    throw new ServerUsageError(
      'No models were given.',
      `Write \`${program} MODELS\`, as in \`${program} model.onnx\`.`,
    );
  }
  const path = (file: string | null): string | null =>
    file === null || isAbsolute(file) ? file : resolve(cwd, file);
  return {
    ...settings,
    models: words.map((word) => path(word)!),
    temporaryFolder: path(settings.temporaryFolder),
    keys: path(settings.keys),
    tlsCert: path(settings.tlsCert),
    tlsKey: path(settings.tlsKey),
    tlsClientCa: path(settings.tlsClientCa),
    ...(line.check ? { httpPort: null, grpcPort: null, metricsPort: null, modelControl: 'none' } : {}),
  };
}
