import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

/** Every module that an entry loads, with what it imports. */
async function graphOf(entry: URL, graph: Map<string, string[]> = new Map()): Promise<Map<string, string[]>> {
  if (graph.has(entry.href)) return graph;
  const source = await readFile(entry, 'utf8');
  const imported = [...source.matchAll(SPECIFIER)].map((match) => match[1]!);
  graph.set(entry.href, imported);
  for (const specifier of imported.filter((each) => each.startsWith('.'))) {
    await graphOf(new URL(specifier, entry), graph);
  }
  return graph;
}

it('loads nothing of Node and nothing of gRPC from the main entry', async () => {
  const graph = await graphOf(new URL('index.ts', import.meta.url));
  expect(graph.size).toBeGreaterThan(20);
  expect([...graph.keys()].filter((module) => module.includes('/grpc/'))).toEqual([]);
  expect([...graph.values()].flat().filter((specifier) => !specifier.startsWith('.'))).toEqual([]);
  for (const module of graph.keys()) {
    expect(await readFile(new URL(module), 'utf8'), module).not.toMatch(/\b(?:Buffer|process|require)\b[.(]/);
  }
});

it('would see what the entry of gRPC loads', async () => {
  const graph = await graphOf(new URL('grpc/index.ts', import.meta.url));
  const packages = [...graph.values()].flat();
  expect(packages).toEqual(expect.arrayContaining(['@grpc/grpc-js', 'node:url']));
});
