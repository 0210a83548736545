import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText, repositoryFiles, ROOT } from './workspace.ts';

const LARGEST_FILE_BYTES = 2 * 1024 * 1024;
const FILES = repositoryFiles();

/** Texts of the repository by path; what has a zero byte near its start is no text, as git sees it. */
const TEXTS = new Map(
  FILES.map((path) => [path, readFileSync(join(ROOT, path))] as const)
    .filter(([, content]) => !content.subarray(0, 8000).includes(0))
    .map(([path, content]) => [path, content.toString('utf8')] as const),
);

/** `path:line` of every match. */
function places(pattern: RegExp, texts: ReadonlyMap<string, string> = TEXTS): string[] {
  return [...texts].flatMap(([path, text]) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))].map(
      ({ index }) => `${path}:${text.slice(0, index).split('\n').length}`,
    ),
  );
}

/** Hosts that this machine installs packages from; they are asked for, so that no file names them. */
function registryHosts(): string[] {
  const urls: string[] = [];
  // Outside the repository, so that a project setting does not hide that of the machine.
  urls.push(
    execFileSync('npm', ['config', 'get', 'registry'], {
      cwd: tmpdir(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    }),
  );
  for (const [name, value] of Object.entries(process.env)) {
    if (/registry|index_url|goproxy|^https?_proxy$/i.test(name)) urls.push(value ?? '');
  }
  for (const source of ['/etc/apt/sources.list', ...listed('/etc/apt/sources.list.d')]) {
    if (existsSync(source)) urls.push(readFileSync(source, 'utf8'));
  }
  const hosts = urls.flatMap((text) =>
    [...text.matchAll(/\bhttps?:\/\/(?:[^\s/@]*@)?([^\s/:,]+)/g)].map((match) => match[1]!.toLowerCase()),
  );
  return [...new Set(hosts)].filter((host) => !/^(?:localhost|127\.|0\.0\.0\.0)/.test(host)).toSorted();
}

function listed(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

const hostPattern = (host: string) =>
  new RegExp(`(?<![\\w.-])${host.replaceAll(/[.+]/g, '\\$&')}(?![\\w-])`, 'i');

/**
 * Homes and checkouts of build machines. Built from parts, so that this file does not match itself. The home
 * of `me` and its kind stand for nobody's.
 */
const START = '(?<![\\w.~*-]|[\\w.~*-]/)';
const MACHINE_PATH = new RegExp(
  [
    `${START}${rooted('work')}/\\w`,
    `${START}${rooted('workspaces?')}/\\w`,
    `${START}${rooted('(?:home|Users)')}/(?!(?:me|you|user|someone)\\b)[a-z]\\w*`,
    `${START}${rooted('root')}/`,
    `[A-Z]:[\\\\/]+${['Us', 'ers'].join('')}[\\\\/]+(?!(?:me|you|user|someone)\\b)\\w`,
  ].join('|'),
);

function rooted(...names: string[]): string {
  return `/${names.join('/')}`;
}

describe('pnpm-lock.yaml', () => {
  const lockfile = readText('pnpm-lock.yaml');

  it('pins every package by its content and none by a place', () => {
    expect(lockfile).toMatch(/integrity: sha512-/);
    expect(lockfile).not.toMatch(/https?:\/\//);
    expect(lockfile).not.toMatch(/\b(?:tarball|repo|commit):/);
    const resolutions = [...lockfile.matchAll(/^ {4}resolution: (.+)$/gm)].map((match) => match[1]!);
    expect(resolutions.length).toBeGreaterThan(50);
    expect(resolutions.filter((resolution) => !/^\{integrity: sha512-[\w+/=]+\}$/.test(resolution))).toEqual(
      [],
    );
  });
});

describe('the texts of the repository', () => {
  it('are read', () => {
    expect(TEXTS.size).toBeGreaterThan(300);
    expect([...TEXTS.keys()]).toContain('test/lockfile.test.ts');
  });

  it('name no host that packages are installed from', () => {
    const hosts = registryHosts();
    expect(hosts).not.toEqual([]);
    const found = hosts.flatMap((host) => places(hostPattern(host)));
    expect(found).toEqual([]);
  });

  it('are searched for hosts as words', () => {
    const host = 'packages.example.test';
    const sample = (text: string) => places(hostPattern(host), new Map([['sample', text]]));
    expect(sample(`one\nregistry=https://${host}/npm/`)).toEqual(['sample:2']);
    expect(sample(`https://user@${host.toUpperCase()}:443`)).toEqual(['sample:1']);
    expect(sample(`my-${host} and ${host}ing`)).toEqual([]);
  });

  it('name no path of the machine that they were written on', () => {
    expect(places(MACHINE_PATH)).toEqual([]);
  });

  it('are searched for such paths where they would stand', () => {
    const sample = (text: string) => places(MACHINE_PATH, new Map([['sample', text]])).length;
    expect(sample(`cd ${rooted('work', 'main')}`)).toBe(1);
    expect(sample(`"${rooted('home', 'ada', 'switchyard')}"`)).toBe(1);
    expect(sample(`(${rooted('Users', 'ada')})`)).toBe(1);
    expect(sample(`file://${rooted('work', 'main')}`)).toBe(1);
    expect(sample('network/work/main, ~/work/x, docs/home/page')).toBe(0);
  });

  it('hold no merge marker', () => {
    expect(places(/^(?:<{7} |>{7} |={7}$)/m)).toEqual([]);
    expect(places(/^(?:<{7} |>{7} |={7}$)/m, new Map([['sample', `a\n${'<'.repeat(7)} HEAD\n`]]))).toEqual([
      'sample:2',
    ]);
  });

  it('hold no test that keeps the others from running', () => {
    const tests = new Map([...TEXTS].filter(([path]) => /\.test(?:-d)?\.ts$/.test(path)));
    expect(tests.size).toBeGreaterThan(50);
    const pattern = /\b(?:it|test|describe|bench|suite)(?:\.\w+)*\.only\b/;
    expect(places(pattern, tests)).toEqual([]);
    expect(places(pattern, new Map([['sample', ['it', "only('x')"].join('.')]]))).toEqual(['sample:1']);
  });
});

describe('the files of the repository', () => {
  it('are small enough for everybody who clones it', () => {
    const large = FILES.filter((path) => statSync(join(ROOT, path)).size > LARGEST_FILE_BYTES);
    expect(large).toEqual([]);
  });

  it('hold no build output', () => {
    expect(FILES.filter((path) => /(?:^|\/)(?:node_modules|dist|\.turbo|coverage)\//.test(path))).toEqual([]);
  });
});
