import { byteLength, DTYPES, type DType, type Tensor, type Tensors, type ValueInfo } from '@switchyard/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, type Frame } from './frame-reader.ts';
import { decodeJson, encodeJson } from './json-frame.ts';
import { FRAME_KINDS, FRAME_LIMITS, HEADER_BYTES, NO_SLOT, ProtocolError } from './protocol.ts';
import { decodeTensors } from './tensor-decoder.ts';
import { TensorEncoder } from './tensor-encoder.ts';

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    seed: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    texts: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ dtype, shape, seed, texts }): Tensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    if (dtype === 'string') {
      return { dtype, shape, strings: Array.from({ length: count }, (_, at) => texts[at % texts.length]!) };
    }
    const length = byteLength(dtype, shape);
    return { dtype, shape, bytes: Uint8Array.from({ length }, (_, at) => seed[at % seed.length]!) };
  });

const message = fc.record({
  tensors: fc.array(tensor, { maxLength: 5 }),
  wanted: fc.option(fc.array(fc.nat(100), { maxLength: 5 })),
  freed: fc.array(fc.nat(1000), { maxLength: 5 }),
  id: fc.nat(2 ** 32 - 1),
  flags: fc.nat(3),
});

const infosFor = (count: number): ValueInfo[] =>
  Array.from({ length: count }, (_, at) => ({ name: `t${at}`, dtype: 'float32' as DType, shape: [] }));

function read(chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push({ ...frame, bytes: Buffer.from(frame.bytes) }));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

function decode(frame: Frame, count: number, allocated: { bytes: number } = { bytes: 0 }) {
  return decodeTensors(frame, {
    infos: infosFor(count),
    slots: null,
    allocate: (_index, length) => {
      allocated.bytes += length;
      return new Uint8Array(length);
    },
  });
}

describe('messages with tensors', () => {
  it('arrive as they were, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 97 }),
        (messages, cut) => {
          const encoder = new TensorEncoder();
          const stream = Buffer.concat(
            messages.map(({ tensors, wanted, freed, id, flags }) => {
              const named: Tensors = Object.fromEntries(tensors.map((value, at) => [`t${at}`, value]));
              encoder.take(infosFor(tensors.length), named);
              return Buffer.from(
                encoder.encode({ kind: FRAME_KINDS.run, id, slot: NO_SLOT, flags, wanted, freed }),
              );
            }),
          );
          const chunks: Buffer[] = [];
          for (let at = 0; at < stream.length; at += cut) chunks.push(stream.subarray(at, at + cut));
          const frames = read(chunks);
          expect(frames).toHaveLength(messages.length);
          for (const [at, frame] of frames.entries()) {
            const { tensors, wanted, freed, id, flags } = messages[at]!;
            const decoded = decode(frame, tensors.length);
            expect(frame.id).toBe(id);
            expect(decoded).toMatchObject({ flags, wanted, freed });
            expect(Object.values(decoded.tensors)).toEqual(tensors);
          }
        },
      ),
    );
  });

  it('bytes that were changed anywhere are the protocol error or another message, and take no memory', () => {
    fc.assert(
      fc.property(
        fc.array(tensor, { maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (tensors, changes) => {
          const encoder = new TensorEncoder();
          encoder.take(infosFor(4), Object.fromEntries(tensors.map((value, at) => [`t${at}`, value])));
          const head = { kind: FRAME_KINDS.run, id: 1, slot: NO_SLOT, flags: 0, wanted: null, freed: [] };
          const frame = Buffer.from(encoder.encode(head));
          for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
          judge(frame);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('junk is the protocol error or nothing yet, and takes no memory', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (parts) => {
        for (const part of parts) judge(Buffer.from(part));
      }),
      { numRuns: 2000 },
    );
  });
});

function judge(stream: Buffer): void {
  const allocated = { bytes: 0 };
  try {
    for (const frame of read([stream])) decode(frame, 4, allocated);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
  }
  expect(allocated.bytes).toBeLessThanOrEqual(stream.length);
}

it('a header is judged before anything is kept for it', () => {
  const header = (length: number, kind: number) => {
    const bytes = Buffer.alloc(HEADER_BYTES);
    bytes.writeUInt32LE(length, 0);
    bytes.writeUInt16LE(kind, 4);
    return bytes;
  };
  expect(() => read([header(0xfffffff8, 5)])).toThrow(ProtocolError);
  expect(() => read([header(24, 99)])).toThrow('unknown kind 99');
  expect(() => read([header(17, 5)])).toThrow('17 bytes');
  expect(() => read([header(8, 5)])).toThrow(ProtocolError);
  expect(read([header(FRAME_LIMITS.frameBytes, 5)])).toEqual([]);
});

it('documents arrive with their bytes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uint8Array(), (value, bytes) => {
      const [frame] = read([encodeJson(FRAME_KINDS.open, 3, value, bytes)]);
      const decoded = decodeJson(frame!);
      expect(JSON.stringify(decoded.value)).toBe(JSON.stringify(value));
      expect(Buffer.compare(decoded.bytes, bytes)).toBe(0);
    }),
  );
  const frame = encodeJson(FRAME_KINDS.open, 3, { a: 1 });
  frame.writeUInt32LE(1_000_000, HEADER_BYTES);
  expect(() => decodeJson(read([frame])[0]!)).toThrow(ProtocolError);
});
