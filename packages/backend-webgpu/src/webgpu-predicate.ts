import {
  makeReason,
  type AcceleratorFacts,
  type HostFacts,
  type PredicateAnswerV1,
  type Reason,
} from '@switchyard/core';
import { ortPlatformReason } from '@switchyard/ort-host';
import { vulkanAnswer } from './vulkan-answer.ts';
import { webgpuDevice } from './webgpu-device.ts';

/** Decides from recorded facts whether a machine has what WebGPU needs. Pure and total. */
export function webgpuPredicate(host: HostFacts): PredicateAnswerV1 {
  const platform = ortPlatformReason(host, 'webgpu');
  if (platform.eligible === 'no') return { eligible: 'no', reasons: platform.reasons, devices: [] };
  const hardware = host.os.platform === 'linux' ? vulkanAnswer(host) : systemAnswer(host);
  if (hardware.eligible === 'no' || platform.eligible === 'yes') return hardware;
  return {
    ...hardware,
    eligible: 'unknown',
    reasons: [...platform.reasons, ...hardware.reasons],
  };
}

/** macOS and Windows bring the interface (Metal, Direct3D 12) themselves: only the GPU is a question. */
function systemAnswer(host: HostFacts): PredicateAnswerV1 {
  const { accelerators, environment } = host;
  if (!accelerators.known) {
    return unknown(`Which GPUs this machine has is not known: ${accelerators.why}`, {
      accelerators: accelerators.why,
    });
  }
  const gpus = accelerators.value.filter(({ kind }) => kind === 'gpu');
  if (gpus.length === 0) {
    return unknown('No GPU is listed on this machine; what the system would offer instead is not known.', {
      accelerators: [],
    });
  }
  const virtual = environment.vm.known && environment.vm.value !== null;
  const basic = gpus.every((gpu) => isBasic(gpu));
  const name = gpus.map((gpu) => gpu.name ?? `${gpu.vendor} GPU`).join(' or ');
  const integrated = gpus.every((gpu) => gpu.integrated !== null) && gpus.length === 1;
  const device = webgpuDevice(
    name,
    virtual || basic ? 'unknown' : false,
    integrated ? gpus[0]!.integrated! : undefined,
  );
  return { eligible: 'yes', reasons: [], devices: [device] };
}

/** Windows lists its own emulation like an adapter. */
function isBasic({ name, vendorId }: AcceleratorFacts): boolean {
  return vendorId === '1414' || /\bbasic (render|display)\b/i.test(name ?? '');
}

function unknown(message: string, evidence: Readonly<Record<string, unknown>>): PredicateAnswerV1 {
  const sentence = message.endsWith('.') ? message : `${message}.`;
  const reason: Reason = makeReason(
    'device-unknown',
    sentence,
    evidence,
    'Run `switchyard doctor`, which tries the backend instead of reading about it.',
  );
  return { eligible: 'unknown', reasons: [reason], devices: [] };
}
