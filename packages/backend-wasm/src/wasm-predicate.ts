import {
  makeReason,
  type DeviceV1,
  type Evidence,
  type HostFacts,
  type PredicateAnswerV1,
} from '@switchyard/core';
import { ENGINE_VERSION, ID } from './wasm-facts.ts';

/** Processors that the engine's one build was made for or tried on: little-endian, with 64-bit addresses. */
const KNOWN: ReadonlySet<string> = new Set(['x64', 'arm64']);

/** Node.js names of processors that store the highest byte first; WebAssembly memory and tensors do not. */
const BIG_ENDIAN: ReadonlySet<string> = new Set(['s390x', 's390', 'mips', 'ppc']);

/** First major version of Node.js that Switchyard supports. */
const MINIMUM_NODE = 22;

/**
 * WebAssembly needs no build for a system and no library of it, so that only Node.js and its processor count.
 * Whether WebAssembly is switched off in this process is no fact of the machine: the probe says so.
 */
export function wasmPredicate(host: HostFacts): PredicateAnswerV1 {
  const { arch } = host.os;
  const { version } = host.node;
  const ofArch: Evidence = { path: 'os.arch', value: arch };
  const ofNode: Evidence = { path: 'node.version', value: version };
  const major = /^v?(\d+)\./.exec(version)?.[1];
  if (major === undefined) {
    return unknown(`The Node.js version \`${version}\` is not one that can be compared.`, ofNode);
  }
  if (Number(major) < MINIMUM_NODE) {
    return answer(
      'no',
      `This is Node.js ${version}, and Switchyard needs ${MINIMUM_NODE}.`,
      ofNode,
      'Install a newer Node.js.',
    );
  }
  if (BIG_ENDIAN.has(arch)) {
    const message = `onnxruntime-web ${ENGINE_VERSION} reads tensors with the lowest byte first, and ${arch} stores the highest first.`;
    return answer('no', message, ofArch, 'Use a machine with an x64 or arm64 processor.');
  }
  if (!KNOWN.has(arch)) {
    const message = `Whether onnxruntime-web ${ENGINE_VERSION} runs on ${arch} is not known; its memory of 4 GiB and its SIMD instructions need support by Node.js there.`;
    return unknown(message, ofArch);
  }
  return { eligible: 'yes', reasons: [], devices: [wasmDevice(host)] };
}

/** The one device of this backend: the processor. */
export function wasmDevice(host: HostFacts): DeviceV1 {
  const { model } = host.cpu;
  return { id: ID, name: model.known ? model.value : 'CPU', kind: 'cpu', software: false };
}

function answer(
  eligible: 'no' | 'unknown',
  message: string,
  evidence: Evidence,
  remedy: string,
): PredicateAnswerV1 {
  return {
    eligible,
    reasons: [makeReason('platform-unsupported', message, [evidence], remedy)],
    devices: [],
  };
}

function unknown(message: string, evidence: Evidence): PredicateAnswerV1 {
  return answer('unknown', message, evidence, 'Try it: `switchyard explain --probe --backend wasm`.');
}
