import type { DeviceV1, HostFacts, PredicateAnswerV1 } from '@switchyard/core';
import { ortPlatformReason } from '@switchyard/ort-host';

/** The CPU backend needs no hardware beyond a platform that ONNX Runtime is built for. */
export function cpuPredicate(host: HostFacts): PredicateAnswerV1 {
  const { eligible, reasons } = ortPlatformReason(host, 'cpu');
  return { eligible, reasons, devices: eligible === 'yes' ? [cpuDevice(host)] : [] };
}

/** The one device of this backend. */
export function cpuDevice(host: HostFacts): DeviceV1 {
  const { model } = host.cpu;
  return { id: 'cpu', name: model.known ? model.value : 'CPU', kind: 'cpu', software: false };
}
