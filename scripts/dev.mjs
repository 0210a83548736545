// The entrance for somebody who has npm and any Node: brings pnpm and a current Node, installs once,
// and runs one of the commands below. Plain JavaScript, because the Node that starts it may be old.
import { existsSync } from 'node:fs';
import { bootstrap, ROOT } from './bootstrap.mjs';
import { check } from './check.mjs';
import { run } from './run.mjs';
import { join } from 'node:path';

const [command, ...args] = process.argv.slice(2);

/** The CLI from the working tree, in the folder that the person is in. */
function switchyard(tools, cliArgs, cwd) {
  const flags = ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning'];
  const main = join(ROOT, 'apps', 'cli', 'src', 'main.ts');
  return run(tools.node, [...flags, main, ...cliArgs], { cwd, env: tools.env });
}

const commands = {
  demo: (tools) => {
    const folder = 'examples/digit-classifier';
    const picture = args[0] ?? `${folder}/pictures/seven.png`;
    const cliArgs = [`run`, `${folder}/digits.onnx`, `--input`, `image=${picture}`, `--top`, `3`];
    cliArgs.push('--labels', `${folder}/labels.txt`);
    console.error(`$ switchyard ${cliArgs.join(' ')}`);
    return switchyard(tools, cliArgs, ROOT);
  },
  switchyard: (tools) => {
    const cwd = process.env.INIT_CWD;
    return switchyard(tools, args, cwd !== undefined && existsSync(cwd) ? cwd : process.cwd());
  },
  check: (tools) => check(tools, args),
  'packed-matrix': (tools) => {
    const main = join(ROOT, 'test', 'matrix', 'packed-matrix.ts');
    return run(tools.node, ['--disable-warning=ExperimentalWarning', main, ...args], { env: tools.env });
  },
  bench: async (tools) => {
    // The packages as they are delivered; their sources start slower.
    const build = ['run', 'build', '--output-logs=errors-only'];
    const options = { cwd: ROOT, env: tools.env, shell: process.platform === 'win32' };
    const status = await run('turbo', build, { ...options, stdio: ['ignore', 2, 2] });
    if (status !== 0) return status;
    const flags = ['--disable-warning=ExperimentalWarning'];
    return run(tools.node, [...flags, join(ROOT, 'bench', 'src', 'main.ts'), ...args], { env: tools.env });
  },
};

if (!Object.hasOwn(commands, command)) {
  console.error(`Usage: node scripts/dev.mjs ${Object.keys(commands).join('|')} [ARGS]`);
  process.exitCode = 2;
} else {
  const tools = await bootstrap();
  process.exitCode = tools === null ? 1 : await commands[command](tools);
}
