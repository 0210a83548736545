import { deflateSync, gzipSync } from 'node:zlib';
import { referenceRequest } from '@switchyard/open-inference/testing';
import type { FixtureModel } from '../../__fixtures__/models.ts';
import { FUZZ_MODELS, referenceAnswer, sameTensors, type Expected, type PlainTensor } from './fuzz-reference.ts';
import { blobOf, fittingInputs, type FuzzInput } from './fuzz-values.ts';
import type { Random } from './random.ts';
import type { Reply } from './wire.ts';

const LIMITS = { maxElements: 16 * 1024 * 1024, maxDepth: 100 };

/** A request as it goes over the connection, with what has to come back. */
export interface RestCase {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly expected: Expected;
}

interface Draft {
  readonly head: Buffer;
  readonly blobs: Buffer;
  readonly hasBlobs: boolean;
}

const TOKENS = [
  '{', '}', '[', ']', ',', ':', '"', '\\', 'null', 'true', 'NaN', '-Infinity', 'Inf', '-', '1e', '0x1', '1.0', '-1', '256', '9223372036854775808',
  '18446744073709551616', '1e400', '""', '"\\u0000"', '"\\ud800"', '\uFEFF', '\u0000', ' ', '[[[[', '{"a":', '"name":"x",', '"shape":[1],',
  '"data":[1],', '"parameters":{"binary_data_size":4},', '"parameters":{"x":[]},', '"parameters":{"triton_x":1},', '"id":7,', '"__proto__":{"a":1},', '"constructor":1,',
];
const WORDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/"datatype":\s*"[A-Z0-9]+"/, ['"datatype":"FP32"', '"datatype":"INT8"', '"datatype":"BYTES"', '"datatype":"STRING"', '"datatype":"BF16"', '"datatype":7', '"datatype":""']],
  [/"shape":\s*\[[^\]]*\]/, ['"shape":[]', '"shape":[-1,16]', '"shape":[1.5]', '"shape":[9223372036854775807,2]', '"shape":[1152921504606846976]', '"shape":"1"', '"shape":[0,16]', '"shape":[1,1,16]', '"shape":[1e1]']],
  [/"name":\s*"[^"]*"/, ['"name":"Z"', '"name":""', '"name":"__proto__"', '"name":7', '"name":"INPUT1"', '"name":"x\\u0000"']],
  [/"binary_data_size":\s*\d+/, ['"binary_data_size":0', '"binary_data_size":-1', '"binary_data_size":4294967295', '"binary_data_size":"4"', '"binary_data_size":1.5', '"binary_data_size":18446744073709551615']],
  [/-?\d+(?:\.\d+)?/, ['1.5', '1e3', '-129', '4294967296', '"1"', 'true', 'null', '[1]', '01', '.5', '1.', '+1', '99999999999999999999']],
];
const LENGTHS = ['abc', '-1', '1e2', '4294967296', '2147483648', '', '0', '1', '12abc', '+5', '0x10', ' 7', '99999999999999999999'];

/** Makes a request: most fit, or nearly fit, what a model wants. */
export function restCase(random: Random): RestCase {
  const model = random.pick(FUZZ_MODELS);
  const kind = random.below(100);
  if (kind < 4) return rawCase(random);
  const draft = draftOf(random, model, fittingInputs(random, model));
  if (kind < 50) return finish(random, model, draft, 'fitting');
  if (kind < 82) return finish(random, model, mutateHead(random, draft), 'changed JSON');
  if (kind < 92) return finish(random, model, mutateBlobs(random, draft), 'changed blobs');
  if (kind < 96) return finish(random, model, draft, 'changed length', random.pick(LENGTHS));
  return finish(random, model, { head: garbage(random), blobs: Buffer.alloc(0), hasBlobs: false }, 'garbage');
}

function draftOf(random: Random, model: FixtureModel, inputs: readonly FuzzInput[]): Draft {
  const blobs: Buffer[] = [];
  const space = (): string => (random.chance(0.05) ? random.pick([' ', '\n', '\t\r\n ']) : '');
  const object = (members: readonly string[]): string =>
    `{${space()}${random.shuffled(members).join(`${space()},${space()}`)}${space()}}`;
  const texts = inputs.map((input) => {
    const members = [`"name":${space()}"${input.name}"`, `"datatype":"${input.datatype}"`, `"shape":[${input.shape.join(`,${space()}`)}]`];
    if (random.chance(0.4)) {
      const blob = blobOf(input);
      blobs.push(blob);
      members.push(`"parameters":{"binary_data_size":${blob.length}}`);
    } else {
      members.push(`"data":${dataText(random, input)}`);
      if (random.chance(0.05)) members.push('"parameters":{"content_type":"np","x":1.5}');
    }
    return object(members);
  });
  // Blobs follow in the order of the inputs, so that the inputs are not shuffled.
  const members = [`"inputs":[${texts.join(',')}]`];
  if (random.chance(0.5)) members.push(`"id":${JSON.stringify(random.pick(['1', 'é🎉', 'x'.repeat(40), '\u0001']))}`);
  const outputs = random.shuffled(model.outputs).slice(0, 1 + random.below(model.outputs.length));
  if (random.chance(0.5)) {
    members.push(`"outputs":[${outputs.map(({ name }) => object([`"name":"${name}"`, ...(random.chance(0.5) ? [`"parameters":{"binary_data":${random.chance(0.5)}}`] : [])])).join(',')}]`);
  }
  if (random.chance(0.4)) members.push(`"parameters":{"binary_data_output":${random.chance(0.7)},"other":"x"}`);
  if (random.chance(0.1)) members.push('"model_name":"else","extra":{"a":[1,{"b":null}]}');
  return { head: Buffer.from(object(members)), blobs: Buffer.concat(blobs), hasBlobs: blobs.length > 0 };
}

function dataText(random: Random, { datatype, shape, values }: FuzzInput): string {
  const texts = datatype === 'BYTES' ? values.map((text) => JSON.stringify(text)) : values;
  const width = shape.at(-1) ?? 0;
  if (random.chance(0.5) || width === 0 || shape.length < 2) return `[${texts.join(',')}]`;
  const rows = Array.from({ length: texts.length / width }, (_, row) => texts.slice(row * width, (row + 1) * width));
  return `[${rows.map((row) => `[${row.join(',')}]`).join(',')}]`;
}

function mutateHead(random: Random, draft: Draft): Draft {
  let head = draft.head;
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(head.length + 1);
    const length = 1 + random.below(6);
    const pieces = (middle: Buffer, until = at): Buffer => Buffer.concat([head.subarray(0, at), middle, head.subarray(until)]);
    switch (random.below(7)) {
      case 0: {
        head = head.subarray(0, at);
        break;
      }
      case 1: {
        head = pieces(Buffer.alloc(0), at + length);
        break;
      }
      case 2: {
        head = pieces(head.subarray(at, at + length * 8));
        break;
      }
      case 3: {
        head = pieces(random.bytes(length));
        break;
      }
      case 4: {
        head = pieces(Buffer.from(random.pick(TOKENS)));
        break;
      }
      case 5: {
        const copy = Buffer.from(head);
        if (at < copy.length) copy[at] = copy[at]! ^ (1 << random.below(8));
        head = copy;
        break;
      }
      default: {
        const [pattern, words] = random.pick(WORDS);
        const places = [...head.toString('latin1').matchAll(new RegExp(pattern, 'g'))];
        if (places.length === 0) break;
        const place = random.pick(places);
        head = Buffer.concat([
          head.subarray(0, place.index),
          Buffer.from(random.pick(words)),
          head.subarray(place.index + place[0].length),
        ]);
      }
    }
  }
  if (random.chance(0.02)) head = Buffer.concat([Buffer.from('['.repeat(90 + random.below(40))), head]);
  return { ...draft, head };
}

function mutateBlobs(random: Random, draft: Draft): Draft {
  let { blobs } = draft;
  switch (random.below(4)) {
    case 0: {
      blobs = blobs.subarray(0, random.below(blobs.length + 1));
      break;
    }
    case 1: {
      blobs = Buffer.concat([blobs, random.bytes(1 + random.below(9))]);
      break;
    }
    case 2: {
      blobs = Buffer.from(blobs);
      for (let left = 3; left > 0 && blobs.length > 0; left -= 1) blobs[random.below(blobs.length)] = random.pick([0, 255, 1, 128, random.below(256)]);
      break;
    }
    default: {
      blobs = random.bytes(random.below(64));
    }
  }
  return { ...draft, blobs, hasBlobs: draft.hasBlobs || random.chance(0.5) };
}

function garbage(random: Random): Buffer {
  if (random.chance(0.3)) return random.bytes(random.below(200));
  return Buffer.from(Array.from({ length: random.below(30) }, () => random.pick(TOKENS)).join(''));
}

/** `Inference-Header-Content-Length: 0`: the body is the only input. */
function rawCase(random: Random): RestCase {
  const model = FUZZ_MODELS.find(({ name }) => name === 'simple_sequence_free')!;
  const body = random.bytes(random.chance(0.6) ? 4 : random.below(12));
  const expected: Expected =
    body.length === 4 ? [{ name: 'OUTPUT', datatype: 'INT32', shape: [1, 1], content: body.toString('hex') }] : 'refused';
  return { kind: 'raw', expected, bytes: wrap(random, model.name, body, '0') };
}

function finish(random: Random, model: FixtureModel, draft: Draft, kind: string, length?: string): RestCase {
  const body = Buffer.concat([draft.head, draft.blobs]);
  const header = length ?? (draft.hasBlobs || random.chance(0.2) ? String(draft.head.length) : null);
  let expected: Expected;
  // Raw requests have a kind of their own; an empty header is as good as none.
  if (header !== null && header.trim() === '0') expected = 'open';
  else if (header !== null && !/^\d{1,10}$/.test(header.trim())) expected = header === '' ? 'open' : 'refused';
  else if (header !== null && Number(header) > body.length) expected = 'refused';
  else expected = expectedOf(model.name, body, header === null ? null : Number(header));
  return { kind, expected, bytes: wrap(random, model.name, body, header) };
}

function expectedOf(model: string, body: Buffer, headerLength: number | null): Expected {
  try {
    return referenceAnswer(model, referenceRequest(body, headerLength, LIMITS));
  } catch {
    return 'refused';
  }
}

/** HTTP around a body, in one of the ways in which clients send it. */
function wrap(random: Random, model: string, plain: Buffer, header: string | null): Buffer {
  const lines = [`POST /v2/models/${model}/infer${random.chance(0.1) ? '?a=1' : ''} HTTP/1.1`, 'Host: a'];
  if (header !== null) lines.push(`${random.pick(['Inference-Header-Content-Length', 'inference-header-content-length'])}: ${header}`);
  if (random.chance(0.3)) lines.push(`Content-Type: ${random.pick(['application/json', 'application/octet-stream', 'application/x-www-form-urlencoded', 'x/y; charset=z'])}`);
  let body = plain;
  if (random.chance(0.08)) {
    const isGzip = random.chance(0.5);
    body = isGzip ? gzipSync(plain) : deflateSync(plain);
    lines.push(`Content-Encoding: ${isGzip ? 'gzip' : 'deflate'}`);
  }
  if (random.chance(0.1)) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < body.length; ) {
      const size = Math.min(body.length - at, 1 + random.below(400));
      chunks.push(Buffer.from(`${size.toString(16)}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
      at += size;
    }
    body = Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
    lines.push('Transfer-Encoding: chunked');
  } else lines.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** `null` when a reply is what was expected, otherwise what is wrong with it. */
export function problemOfRest(reply: Reply, expected: Expected): string | null {
  if (reply.status !== 200) {
    const refusal = problemOfRefusal(reply);
    if (refusal !== null) return refusal;
    if (typeof expected === 'object') return `${reply.status} ${reply.body.toString()} for a request that is right`;
    return [400, 413].includes(reply.status) ? null : `${reply.status} ${reply.body.toString()}`;
  }
  if (expected === 'refused') return `200 ${reply.body.toString('latin1').slice(0, 300)} for a request that is wrong`;
  if (expected === 'open') return null;
  const found = outputsOf(reply);
  return sameTensors(found, expected) ? null : `${JSON.stringify(found)} in place of ${JSON.stringify(expected)}`;
}

/** Every refusal is `{"error": text}`, without anything of the machine. */
export function problemOfRefusal(reply: Reply): string | null {
  let document: unknown;
  try {
    document = JSON.parse(reply.body.toString());
  } catch {
    return `${reply.status} without JSON: ${reply.body.toString('latin1').slice(0, 200)}`;
  }
  const keys = Object.keys(document as object);
  const text = (document as { readonly error?: unknown }).error;
  if (keys.length !== 1 || typeof text !== 'string' || text === '') return `${reply.status} ${reply.body.toString()}`;
  return tells(text) ? `${reply.status} tells of the machine: ${text}` : null;
}

/** Whether a text has a path of the machine or a piece of a stack in it. */
export function tells(text: string): boolean {
  return /node_modules|\.ts:\d+|\n\s+at |\/(?:home|tmp|usr|root|proc)\//.test(text);
}

/** The outputs of an answer, read by the reference for requests: both have tensors of the same form. */
function outputsOf(reply: Reply): readonly PlainTensor[] {
  const header = reply.headers.get('inference-header-content-length');
  const length = header === undefined ? reply.body.length : Number(header);
  const head = reply.body.toString('latin1', 0, length);
  const turned = Buffer.from(head.replace('"outputs":', '"inputs":'), 'latin1');
  const body = Buffer.concat([turned, reply.body.subarray(length)]);
  const plain = referenceRequest(body, header === undefined && !head.includes('binary_data_size') ? null : turned.length, LIMITS);
  return (plain.inputs as readonly PlainTensor[]).map(({ name, datatype, shape, content }) => ({ name, datatype, shape, content }));
}
