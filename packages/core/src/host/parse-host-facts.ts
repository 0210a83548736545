import { parse as parseTolerantly, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { SettingsError } from '../errors/settings-error.ts';
import { deepFreeze } from '../util/deep-freeze.ts';
import type { HostFacts } from './host-facts.ts';
import {
  fact,
  listOf,
  mapOf,
  oneOf,
  orNull,
  pciId,
  record,
  text,
  textOrNull,
  truth,
  whole,
  words,
  type Mismatch,
  type Shape,
} from './parse-host-facts-shape.ts';

const SCHEMA = 1;
const REMEDY = 'Record the machine with `switchyard host --json`.';

const accelerator = record({
  kind: oneOf('gpu', 'npu'),
  vendor: words,
  vendorId: pciId,
  deviceId: pciId,
  busId: textOrNull,
  name: textOrNull,
  driver: textOrNull,
  integrated: orNull(truth),
});

const hostFacts: Shape = record({
  schema: oneOf(SCHEMA),
  provenance: record({ kind: oneOf('live', 'recorded', 'documented'), description: words }),
  os: record({
    platform: words,
    arch: words,
    name: fact(text),
    version: fact(text),
    build: fact(text),
    kernel: fact(text),
  }),
  libc: fact(record({ flavour: oneOf('glibc', 'musl'), version: text })),
  node: record({ version: words, napi: words }),
  cpu: record({
    model: fact(text),
    vendor: fact(text),
    machineArch: fact(text),
    logicalCores: fact(whole(1)),
    physicalCores: fact(whole(1)),
    features: fact(listOf(text)),
  }),
  memory: record({ totalBytes: fact(whole(0)), limitBytes: fact(orNull(whole(0))) }),
  environment: record({
    rosetta: fact(truth),
    wsl: fact(oneOf(1, 2, null)),
    container: fact(textOrNull),
    vm: fact(textOrNull),
  }),
  accelerators: fact(listOf(accelerator)),
  deviceNodes: fact(listOf(text)),
  nvidia: record({
    driverVersion: fact(textOrNull),
    gpus: fact(listOf(record({ index: whole(0), name: text, uuid: textOrNull, busId: textOrNull }))),
  }),
  vulkanDrivers: fact(
    listOf(record({ name: words, library: words, software: oneOf(true, false, 'unknown') })),
  ),
  libraries: fact(listOf(record({ name: words, path: words }))),
  variables: mapOf(text),
});

/**
 * Reads a document that `switchyard host --json` wrote. It is checked against the same rules as
 * `@switchyard/core/schemas/host-facts.schema.json`, which a test compares with this function.
 *
 * @param source Where the text comes from, for messages: a file, a flag.
 * @returns the facts, frozen with everything inside them.
 * @throws SettingsError `host-facts-invalid`, which says where the document is wrong, what was expected there and what
 * was found.
 */
export function parseHostFacts(json: string, source: string): HostFacts {
  const document = parseJson(json, source);
  const schema = schemaOf(document);
  if (typeof schema === 'number' && schema !== SCHEMA) {
    throw invalid(
      source,
      `holds host facts of schema ${schema}, and this version of Switchyard reads schema ${SCHEMA}.`,
    );
  }
  const mismatch = hostFacts(document, '$');
  if (mismatch !== null) throw invalid(source, `is not a document of host facts: ${sentence(mismatch)}`);
  return deepFreeze(document) as HostFacts;
}

function schemaOf(document: unknown): unknown {
  return typeof document === 'object' && document !== null
    ? (document as { schema?: unknown }).schema
    : undefined;
}

function parseJson(json: string, source: string): unknown {
  // PowerShell puts a byte order mark in front of what it redirects to a file.
  const bare = json.startsWith('\uFEFF') ? json.slice(1) : json;
  try {
    return JSON.parse(bare);
  } catch (cause) {
    // `JSON.parse` gives a position for some errors only.
    const errors: ParseError[] = [];
    parseTolerantly(bare, errors, {
      disallowComments: true,
      allowTrailingComma: false,
      allowEmptyContent: false,
    });
    const [first] = errors;
    const problem =
      first === undefined
        ? `${cause instanceof Error ? cause.message : String(cause)}.`
        : `${printParseErrorCode(first.error)} at ${position(bare, first.offset)}.`;
    throw invalid(source, `is not JSON: ${problem}`, cause);
  }
}

function position(json: string, offset: number): string {
  const lines = json.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function sentence({ path, expected, found }: Mismatch): string {
  return `at \`${path}\`, expected ${expected}, found ${found}.`;
}

function invalid(source: string, message: string, cause?: unknown): SettingsError {
  return new SettingsError('host-facts-invalid', `\`${source}\` ${message}`, {
    source,
    remedy: REMEDY,
    ...(cause === undefined ? {} : { cause }),
  });
}
