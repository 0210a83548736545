import type { AcceleratorFacts, HostFacts, NvidiaGpuFacts } from '@switchyard/core';

/** One GPU as far as the facts describe it. */
export interface CudaGpu {
  /** Product name, or `null` where the facts do not tie one to this GPU. */
  readonly name: string | null;
  readonly uuid: string | null;
  readonly busId: string | null;
  /** (optional) Shares memory with the processor. Default: it does not, or nobody knows. */
  readonly integrated?: boolean;
}

/** Device nodes of GPUs (`/dev/nvidia0`, not `/dev/nvidiactl`), or `null` where they are not known. */
export function nvidiaNodes(host: HostFacts): readonly string[] | null {
  if (!host.deviceNodes.known) return null;
  return host.deviceNodes.value.filter((node) => /^\/dev\/nvidia\d+$/.test(node));
}

/** Whether a device of the bus is a GPU of NVIDIA. */
export function isNvidiaGpu(device: AcceleratorFacts): boolean {
  return (
    device.kind === 'gpu' && (device.vendorId?.toLowerCase() === '10de' || /nvidia/i.test(device.vendor))
  );
}

/** How a message begins: who lists which GPUs. */
export function describeSeen(listed: readonly NvidiaGpuFacts[], onBus: readonly AcceleratorFacts[]): string {
  const names = listed.length > 0 ? listed.map(({ name }) => name) : onBus.map(({ name }) => name);
  const name = [...new Set(names.filter((each) => each !== null))].join(', ');
  const where = listed.length > 0 ? 'The NVIDIA driver lists' : 'The bus lists';
  return `${where} ${name === '' ? 'an NVIDIA GPU' : name}`;
}

/** A node is proof of reach: where there are fewer nodes than GPUs, names are given only if all are the same. */
export function gpusOf(
  listed: readonly NvidiaGpuFacts[],
  onBus: readonly AcceleratorFacts[],
  nodes: readonly string[] | null,
): readonly CudaGpu[] {
  const described: readonly CudaGpu[] =
    listed.length > 0 ? listed : onBus.map(({ name, busId }) => ({ name, busId, uuid: null }));
  if (nodes === null || nodes.length === 0 || nodes.length === described.length)
    return described.map(({ name, uuid, busId }) => {
      const gpu = { name, uuid, busId };
      const device = busId === null ? undefined : onBus.find((one) => one.busId === busId);
      return device?.integrated === true ? { ...gpu, integrated: true } : gpu;
    });
  const names = new Set(described.map(({ name }) => name));
  const [shared] = names;
  return nodes.map(() => ({ name: names.size === 1 ? (shared ?? null) : null, uuid: null, busId: null }));
}
