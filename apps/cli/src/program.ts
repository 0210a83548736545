import { MACHINE_NAMES } from '@switchyard/core/machines';
import { Argument, Command, Option } from 'commander';
import { runtimeOptions } from './runtime-options.ts';
import { selectionOptions } from './selection-options.ts';
import { VERSION } from './version.ts';

/** Names of the commands, in the order in which help lists them. */
export const COMMANDS = [
  'run',
  'explain',
  'devices',
  'backends',
  'doctor',
  'verify',
  'conformance',
  'bench',
  'serve',
  'inspect',
  'host',
  'config',
  'cache',
  'completion',
] as const;

/** Name of a command. */
export type CommandName = (typeof COMMANDS)[number];

/** What was asked for, once the command line was understood. */
export type Handler = (
  name: CommandName,
  words: readonly (string | undefined)[],
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** Commands that choose a backend, and so have the selection flags. */
export const SELECTING: readonly CommandName[] = [
  'run',
  'explain',
  'devices',
  'backends',
  'doctor',
  'verify',
  'conformance',
  'bench',
  'serve',
  'config',
];

/** What `cache` can do. */
export const CACHE_ACTIONS: readonly string[] = ['path', 'list', 'clear'];

/** What `backends` can do. */
export const BACKENDS_ACTIONS: readonly string[] = ['list', 'add', 'remove', 'acquire'];

/** Shells that completion is written for. */
export const SHELLS: readonly string[] = ['bash', 'zsh', 'fish', 'powershell'];

/**
 * The command line as commander knows it. Help, completion and the reference page are made from this.
 *
 * @param only the command that was named, to leave the others out; without it, all of them are there
 */
export function buildProgram(ids: readonly string[], handle: Handler, only?: CommandName): Command {
  const program = new Command('switchyard')
    .description('Runs ONNX models, and says which hardware ran them and why.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(false)
    .showSuggestionAfterError(false)
    .option('--json', 'print one JSON document on standard output')
    .option('--quiet', 'say nothing but results, warnings and errors')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--config <file>', "use this configuration file in place of the project's");

  const command = (name: CommandName, description: string, examples: readonly string[]): Command => {
    const one = program
      .command(name)
      .description(description)
      .action(async (...given: unknown[]) => {
        const self = given.at(-1) as Command;
        await handle(name, self.processedArgs as (string | undefined)[], self.optsWithGlobals());
      });
    one.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ switchyard ${line}\n`).join('')}`);
    return one;
  };

  const define: Readonly<Record<CommandName, () => void>> = {
    run: () => {
      const run = command('run', 'run a model once, and say where it ran and why', [
        'run model.onnx --input image=cat.jpg --top 5 --labels labels.txt',
        'run model.onnx --input x=values.npy --output y=result.npy --backend cuda --strict',
        'run model.onnx --input x=zeros --dim batch=4 --json',
      ]).addArgument(new Argument('<model>', 'ONNX file'));
      withInputs(run)
        .addOption(repeatable('--output <name=path>', 'write an output, or all of them, to a file'))
        .addOption(new Option('--top <count>', 'print the highest values of each row in place of all'))
        .addOption(new Option('--labels <file>', 'names of the classes, one per line or a JSON list'));
      withOptions(run, runtimeOptions(['trials', 'verify', 'strict', 'isolation', 'cache']));
    },
    explain: () => {
      const explain = command('explain', 'say which backend would run a model, and why not the others', [
        'explain',
        'explain model.onnx --enable openvino',
        'explain model.onnx --probe',
        'explain --host linux-nvidia --installed cpu,cuda --json',
      ]).addArgument(
        new Argument('[model]', 'ONNX file to summarize, with what is remembered of its trials'),
      );
      simulated(explain).addOption(
        new Option('--probe', 'try the backends, and with a model the choice; otherwise nothing is started'),
      );
      withOptions(explain, runtimeOptions(['trials', 'verify', 'cache']));
    },
    devices: () => {
      simulated(
        command('devices', 'list every device of every backend, available or not, and why', [
          'devices',
          'devices --host mac-m4-max --installed cpu,mps-coreml',
        ]),
      );
    },
    backends: () => {
      const backends = command(
        'backends',
        'list, add and remove backends, and acquire native parts that npm does not carry',
        [
          'backends',
          'backends --host linux-nvidia --installed cpu',
          'backends add cuda',
          'backends add cuda --yes',
          'backends acquire cuda',
          'backends acquire cuda --sha256 DIGITS --yes',
          'backends acquire openvino --from downloads/ --sha256 DIGITS --yes',
          'backends acquire cuda --remove --yes',
        ],
      )
        .addArgument(new Argument('[action]', 'what to do').choices([...BACKENDS_ACTIONS]).default('list'))
        .addArgument(new Argument('[id]', 'backend to add, remove or acquire for'))
        .addOption(
          new Option('--yes', 'do it; without it nothing is changed, and what would be done is printed'),
        )
        .addOption(new Option('--global', 'add, remove: for a program that is installed for all projects'))
        .addOption(
          new Option('--from <place>', 'acquire: an archive, a folder that holds it, or an address of one'),
        )
        .addOption(
          new Option(
            '--sha256 <digits>',
            'acquire: what the archive has to be, where this release does not know',
          ),
        )
        .addOption(new Option('--remove', 'acquire: take away what was acquired'))
        .addOption(
          new Option('--stall <seconds>', 'acquire: give up when nothing came for so long (default: 60)'),
        )
        .addHelpText('after', BACKENDS);
      simulated(backends);
    },
    doctor: () => {
      const doctor = command('doctor', 'try every backend here, and say what to do where one does not work', [
        'doctor',
        'doctor --enable webgpu',
        'doctor --json > report.json',
      ]).addOption(new Option('--no-probe', 'start nothing; tell what is remembered'));
      withOptions(doctor, runtimeOptions(['cache']));
    },
    verify: () => {
      const verify = command(
        'verify',
        'show that a backend runs a model where it says, and as the CPU does',
        [
          'verify model.onnx --backend cuda',
          'verify model.onnx --backend webgpu --input x=values.npy --strict',
          'verify model.onnx --backend openvino --json',
        ],
      ).addArgument(new Argument('<model>', 'ONNX file'));
      withInputs(verify);
      withOptions(verify, runtimeOptions(['strict', 'cache']));
    },
    conformance: () => {
      command(
        'conformance',
        'run the conformance kit on one backend of this project, and keep the evidence',
        [
          'conformance --backend cpu',
          'conformance --backend webgpu --evidence webgpu.json',
          'conformance --backend cuda --require-device --json',
          'conformance --backend wasm --operators --cases /usr/share/libonnx-testdata/data --html wasm.html',
        ],
      )
        .addOption(
          new Option('--evidence <file>', 'write what was shown to a file, redacted and with its hash'),
        )
        .addOption(
          new Option('--require-device', 'fail where the machine lacks the device, in place of skipping'),
        )
        .addOption(new Option('--operators', "run the ONNX project's operator cases in place of the kit"))
        .addOption(new Option('--cases <dir>', 'with --operators: the folder of the cases'))
        .addOption(
          new Option('--results <file>', 'with --operators: begin this file of results, or continue it'),
        )
        .addOption(new Option('--html <file>', 'with --operators: write a page with a grid as well'))
        .addHelpText('after', CONFORMANCE);
    },
    bench: () => {
      const bench = command('bench', 'measure a model on several backends and batch sizes', [
        'bench model.onnx',
        'bench model.onnx --backends cpu,cuda --batch 1,8 --runs 50',
        'bench model.onnx --html report.html',
      ]).addArgument(new Argument('<model>', 'ONNX file'));
      withInputs(bench)
        .addOption(new Option('--backends <ids>', 'these backends (default: all that may be chosen here)'))
        .addOption(
          new Option('--batch <sizes>', 'sizes of the batch, for inputs that are made up (default: 1)'),
        )
        .addOption(new Option('--runs <count>', 'runs that are measured after the warm-up (default: 30)'))
        .addOption(new Option('--html <file>', 'write a page with plots as well'));
      withOptions(bench, runtimeOptions(['cache']));
    },
    serve: () => {
      command('serve', 'serve models over the Open Inference Protocol, REST and gRPC', [
        'serve model.onnx',
        'serve models/ --backend cuda --host 0.0.0.0 --keys keys.txt',
        'serve --help',
      ])
        .addArgument(new Argument('[models...]', '`.onnx` files, folders of them, or repositories'))
        .addHelpText('after', SERVE);
    },
    inspect: () => {
      command('inspect', 'print what a model says about itself, without running it', [
        'inspect model.onnx',
        'inspect model.onnx --json',
      ]).addArgument(new Argument('<model>', 'ONNX file'));
    },
    host: () => {
      command('host', 'print what this machine is, with the source of every fact', [
        'host',
        'host --json > machine.json',
      ]);
    },
    config: () => {
      command('config', 'print the settings that count, and who said them', [
        'config',
        'SWITCHYARD_BACKEND=cpu switchyard config --json',
      ]).addHelpText('after', ENVIRONMENT);
    },
    cache: () => {
      command('cache', 'say where probes and trials are remembered, list them, or forget them', [
        'cache path',
        'cache list',
        'cache clear',
      ]).addArgument(new Argument('<action>', 'what to do').choices([...CACHE_ACTIONS]));
    },
    completion: () => {
      command('completion', 'print a completion script for a shell', [
        'completion bash > ~/.local/share/bash-completion/completions/switchyard',
        'completion fish > ~/.config/fish/completions/switchyard.fish',
      ]).addArgument(new Argument('<shell>', 'shell to print it for').choices([...SHELLS]));
    },
  };
  for (const name of only === undefined ? COMMANDS : [only]) define[name]();
  for (const one of program.commands) {
    if (!SELECTING.includes(one.name() as CommandName)) continue;
    for (const option of selectionOptions(ids)) one.addOption(option);
  }
  program.addHelpText('after', `\nExamples:\n${OVERVIEW.map((line) => `  $ switchyard ${line}\n`).join('')}`);
  return program;
}

const OVERVIEW = ['explain', 'doctor', 'run model.onnx --input x=values.npy'];

const BACKENDS = `
Only \`backends acquire\` opens a connection, to the address that it prints, through HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
Bytes without a known SHA-256 are never installed. See docs/guides/installing-backends.md.
`;

const SERVE = `
The flags are those of \`switchyard-server\`, and \`switchyard serve --help\` prints them. This command needs the package
@switchyard/server and says how to install it where it is missing.
`;

const CONFORMANCE = `
It runs what docs/reference/conformance.md lists, most of it in processes of its own, and needs the package
@switchyard/backend-conformance; it says how to install it where it is missing.
`;

const ENVIRONMENT = `
Variables (a flag is stronger, a configuration file weaker):
  SWITCHYARD_BACKEND, SWITCHYARD_PREFER, SWITCHYARD_DEVICE, SWITCHYARD_ENABLE, SWITCHYARD_DISABLE,
  SWITCHYARD_FALLBACK, SWITCHYARD_PLUGINS   the flags of the same names
  SWITCHYARD_USE_<ID>                       --use-<id>, with _ for -: SWITCHYARD_USE_MPS_COREML=false
  SWITCHYARD_CONFIG                         --config
  SWITCHYARD_CACHE_DIR                      the folder of \`switchyard cache\`
  SWITCHYARD_DEBUG                          1 prints the stack of an unforeseen error
  NO_COLOR                                  --no-color
`;

/** Flags of every command that runs a model. */
function withInputs(command: Command): Command {
  return command
    .addOption(
      repeatable('--input <name=source>', 'values of an input: a file, `-`, JSON, `zeros` or `ones`'),
    )
    .addOption(repeatable('--dim <name=size>', 'size of a free dimension'))
    .addOption(repeatable('--option <key=value>', 'option of the backend that is chosen'));
}

function withOptions(command: Command, options: readonly Option[]): void {
  for (const option of options) command.addOption(option);
}

function simulated(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--host <file|name>',
        `ask about another machine: a file of \`switchyard host --json\`, or one of ${MACHINE_NAMES.join(', ')}`,
      ),
    )
    .addOption(new Option('--installed <ids>', 'take exactly these backends as installed: cpu,openvino'));
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');
}
