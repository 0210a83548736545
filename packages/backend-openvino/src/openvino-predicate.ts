import {
  makeReason,
  type DeviceV1,
  type HostFacts,
  type PredicateAnswerV1,
  type Reason,
} from '@switchyard/core';
import { findAccelerators } from './openvino-accelerators.ts';

const BUILDS = 'linux x64, linux arm64, win32 x64 and darwin arm64';

/** Builds that openvino-node 2026.4.0 offers for download (`scripts/lib/binary-manager.js`). */
function hasBuild(platform: string, arch: string): boolean {
  if (platform === 'linux') return arch === 'x64' || arch === 'arm64';
  return (platform === 'win32' && arch === 'x64') || (platform === 'darwin' && arch === 'arm64');
}

function platformProblem(host: HostFacts): Reason | null {
  const { platform, arch } = host.os;
  const evidence = [
    { path: 'os.platform', value: platform },
    { path: 'os.arch', value: arch },
  ];
  if (host.environment.rosetta.known && host.environment.rosetta.value) {
    return makeReason(
      'platform-unsupported',
      'This Node.js is an x64 build translated by Rosetta, and OpenVINO has no x64 build for macOS.',
      [...evidence, { path: 'environment.rosetta', value: true }],
      'Install Node.js for arm64 and run it without Rosetta.',
    );
  }
  if (!hasBuild(platform, arch)) {
    return makeReason(
      'platform-unsupported',
      `openvino-node has no build for ${platform} ${arch}; there are builds for ${BUILDS}.`,
      evidence,
      'Use another backend, `--backend cpu` for example.',
    );
  }
  if (platform === 'linux' && host.libc.known && host.libc.value.flavour !== 'glibc') {
    return makeReason(
      'platform-unsupported',
      `openvino-node is built for glibc, and this system uses ${host.libc.value.flavour}.`,
      [...evidence, { path: 'libc.flavour', value: host.libc.value.flavour }],
      'Use a distribution or container image with glibc (Debian, Ubuntu, Fedora), or another backend.',
    );
  }
  return null;
}

function nodeProblem(host: HostFacts): { eligible: 'no' | 'unknown'; reason: Reason } | null {
  const { version } = host.node;
  const major = /^v?(\d+)(?:\.|$)/.exec(version)?.[1];
  const evidence = [{ path: 'node.version', value: version }];
  const remedy = 'Use Node.js 22.12 or newer.';
  if (major === undefined) {
    const message = `openvino-node needs Node.js 21 or newer, and the version \`${version}\` cannot be read.`;
    return { eligible: 'unknown', reason: makeReason('platform-unsupported', message, evidence, remedy) };
  }
  if (Number(major) >= 21) return null;
  const message = `openvino-node needs Node.js 21 or newer, and this is ${version}.`;
  return { eligible: 'no', reason: makeReason('platform-unsupported', message, evidence, remedy) };
}

function cpuDevice(host: HostFacts): DeviceV1 {
  return {
    id: 'openvino:CPU',
    name: host.cpu.model.known ? host.cpu.model.value : 'CPU',
    kind: 'cpu',
    software: false,
  };
}

/**
 * Whether OpenVINO has a build for this machine, and which of its devices the host facts show:
 * Intel GPUs, an Intel NPU, and always the CPU. Folders, variables and installed toolkits prove nothing
 * and are not looked at. Missing drivers of a GPU or NPU take that device away, not the backend.
 */
export function openvinoPredicate(host: HostFacts): PredicateAnswerV1 {
  const platform = platformProblem(host);
  if (platform !== null) return { eligible: 'no', reasons: [platform], devices: [] };
  const node = nodeProblem(host);
  if (node !== null) return { eligible: node.eligible, reasons: [node.reason], devices: [] };
  if (host.os.platform === 'linux' && !host.libc.known) {
    const message = `openvino-node is built for glibc, and the C library of this system is not known: ${host.libc.why}.`;
    const evidence = [{ path: 'libc', value: host.libc.why }];
    const remedy = 'Run `switchyard doctor` to probe, which finds out by loading it.';
    return {
      eligible: 'unknown',
      reasons: [makeReason('platform-unsupported', message.replace(/\.\.$/, '.'), evidence, remedy)],
      devices: [],
    };
  }
  const accelerators = findAccelerators(host);
  return {
    eligible: 'yes',
    reasons: accelerators.reasons,
    devices: [...accelerators.devices, cpuDevice(host)],
  };
}
