import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from './__fixtures__/cli.ts';

const page = readFileSync(new URL('../../../docs/reference/diagnostics.md', import.meta.url), 'utf8');
const section = (name: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(`\`${name}\``)) ?? '';
const cwd = temporaryFolder({
  'identity.onnx': identityModel(),
  'package.json': '{}',
  'archive.tar.gz': 'none',
});
const environment = { SWITCHYARD_CACHE_DIR: join(cwd, 'cache') };

/** Names of fields that the page does not mention under a command. */
function unmentioned(command: string, value: object): readonly string[] {
  return Object.keys(value).filter((field) => !section(command).includes(`\`${field}\``));
}

describe('docs/reference/diagnostics.md', () => {
  it.each([
    [['doctor'], (document: never) => [document, ...document['backends']]],
    [['verify', 'identity.onnx'], (document: never) => [document]],
    [
      ['bench', 'identity.onnx', '--runs', '1'],
      (document: never) => [document, ...document['results'], document['host']],
    ],
    [['backends'], (document: never) => [document, ...document['backends']]],
    [['backends', 'add', 'cuda'], (document: never) => [document]],
    [['backends', 'acquire', 'openvino', '--from', 'archive.tar.gz'], (document: never) => [document]],
    [['backends', 'acquire', 'openvino', '--remove'], (document: never) => [document]],
    [['cache', 'list'], (document: never) => [document, ...document['entries']]],
    [['cache', 'path'], (document: never) => [document]],
    [['cache', 'clear'], (document: never) => [document]],
  ] as const)('describes every field of %j', async (words, parts) => {
    const { stdout } = await cli([...words, '--json'], { cwd, environment });
    for (const part of parts(JSON.parse(stdout) as never) as readonly object[]) {
      expect(Object.keys(part).length).toBeGreaterThan(0);
      expect(unmentioned(words[0], part)).toEqual([]);
    }
  });
});
