import type { PackageManager } from './project-answers.ts';

/** What one types with a package manager, and what its CI job needs. */
export interface Commands {
  /** Installs what package.json asks for. */
  readonly installAll: string;
  /** Installs one package, without its name. */
  readonly install: string;
  /** Installs exactly what the lockfile says. */
  readonly installFrozen: string;
  /** Runs a script of package.json, without its name. */
  readonly run: string;
  /** Steps of a workflow that bring the package manager itself; empty where Node brings it. */
  readonly setup: string;
}

export const COMMANDS: Readonly<Record<PackageManager, Commands>> = {
  npm: {
    installAll: 'npm install',
    install: 'npm install',
    installFrozen: 'npm ci',
    run: 'npm run',
    setup: '',
  },
  pnpm: {
    installAll: 'pnpm install',
    install: 'pnpm add',
    installFrozen: 'pnpm install --frozen-lockfile',
    run: 'pnpm run',
    setup: '      - run: npm install --global pnpm\n',
  },
  yarn: {
    installAll: 'yarn install',
    install: 'yarn add',
    installFrozen: 'yarn install --immutable',
    run: 'yarn run',
    setup: '      - run: npm install --global yarn\n',
  },
  bun: {
    installAll: 'bun install',
    install: 'bun add',
    installFrozen: 'bun install --frozen-lockfile',
    run: 'bun run',
    setup: '      - run: npm install --global bun\n',
  },
};
