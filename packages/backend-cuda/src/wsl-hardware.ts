import { makeReason, type HostFacts } from '@switchyard/core';
import type { CudaHardware } from './cuda-hardware.ts';
import { CONTAINER_REMEDY, DOCTOR_REMEDY } from './remedies.ts';

/** WSL reaches GPUs through `/dev/dxg` and never has `/dev/nvidia0`. */
export function isWslWithoutNvidiaNodes(host: HostFacts): boolean {
  const wsl = host.environment.wsl;
  const nodes = host.deviceNodes.known ? host.deviceNodes.value : [];
  if (nodes.some((node) => /^\/dev\/nvidia\d+$/.test(node))) return false;
  return nodes.includes('/dev/dxg') || (wsl.known && wsl.value !== null);
}

/** NVIDIA hardware behind WSL: the Windows driver shows itself by putting `libcuda.so.1` into the system. */
export function wslHardware(host: HostFacts): CudaHardware {
  const { deviceNodes, libraries, nvidia } = host;
  const wsl = host.environment.wsl.known ? host.environment.wsl.value : null;
  const container = host.environment.container.known ? host.environment.container.value : null;
  if (wsl === 1)
    return absent(
      'This is WSL 1, which gives Linux programs no GPU.',
      { 'environment.wsl': 1 },
      'Convert the distribution with `wsl --set-version <distribution> 2`.',
    );
  if (!deviceNodes.known)
    return unknown(`whether WSL offers \`/dev/dxg\` is not known (${deviceNodes.why})`, {
      'environment.wsl': wsl,
    });
  if (!deviceNodes.value.includes('/dev/dxg'))
    return absent(
      'This is WSL 2, but there is no `/dev/dxg`, through which it offers GPUs.',
      { 'environment.wsl': wsl, 'environment.container': container, deviceNodes: deviceNodes.value },
      container === null
        ? 'Run `wsl --update` in Windows, install the NVIDIA driver there, and restart with `wsl --shutdown`.'
        : CONTAINER_REMEDY,
    );
  if (!libraries.known)
    return unknown(
      `\`/dev/dxg\` offers some GPU, but whether it is NVIDIA's is not known (${libraries.why})`,
      { deviceNodes: deviceNodes.value },
    );
  const libcuda = libraries.value.filter(({ name }) => /^libcuda\.so\.1(\.|$)/.test(name));
  if (libcuda.length === 0)
    return absent(
      '`/dev/dxg` offers some GPU, but there is no `libcuda.so.1`, which the NVIDIA driver of Windows provides.',
      { deviceNodes: deviceNodes.value, libraries: libraries.value.map(({ name }) => name) },
      'Install the current NVIDIA driver in Windows (none inside Linux), then restart with `wsl --shutdown`.',
    );
  const listed = nvidia.gpus.known ? nvidia.gpus.value : [];
  return {
    seen: 'yes',
    gpus:
      listed.length > 0
        ? listed.map(({ name, uuid, busId }) => ({ name, uuid, busId }))
        : [{ name: null, uuid: null, busId: null }],
    counted: listed.length > 0,
    driver: true,
    notes: [],
    blockers: [],
  };
}

function absent(message: string, evidence: Readonly<Record<string, unknown>>, remedy: string): CudaHardware {
  return { seen: 'no', reasons: [makeReason('hardware-absent', message, evidence, remedy)] };
}

function unknown(what: string, evidence: Readonly<Record<string, unknown>>): CudaHardware {
  const message = `Whether there is an NVIDIA GPU is not known: ${what}.`;
  return { seen: 'unknown', reasons: [makeReason('device-unknown', message, evidence, DOCTOR_REMEDY)] };
}
