import { makeReason, type HostFacts } from '@switchyard/core';
import { ortPlatformReason, type OrtPlatformAnswer } from '@switchyard/ort-host';

/**
 * Whether the engine's npm build has CUDA for this operating system, processor and C library: linux,
 * x64, glibc only. What else there is on a platform without it is said here, the rest by ort-host.
 */
export function cudaPlatform(host: HostFacts): OrtPlatformAnswer {
  const { platform, arch } = host.os;
  const found = { 'os.platform': platform, 'os.arch': arch };
  if (platform === 'win32')
    return unsupported(
      "The engine's npm build for Windows has DirectML and WebGPU, but no CUDA.",
      found,
      'Run Switchyard inside WSL2, where this backend works; on Windows itself the engine reaches GPUs ' +
        'through DirectML or WebGPU, so try `--backend webgpu`.',
    );
  if (platform === 'darwin')
    return unsupported(
      'CUDA does not exist on macOS, and the engine has no build of it there.',
      found,
      host.cpu.machineArch.known && host.cpu.machineArch.value === 'x64'
        ? 'Use `--backend wasm`; no native build of the engine supports Intel Macs.'
        : 'Use `--backend mps-coreml`, which runs on the GPU of Apple silicon.',
    );
  if (platform !== 'linux')
    return unsupported(
      `The engine's npm build has CUDA on linux only, and this is \`${platform}\`.`,
      found,
      'Run Switchyard on x64 Linux with an NVIDIA GPU.',
    );
  if (arch !== 'x64')
    return unsupported(
      `The engine's npm build for linux \`${arch}\` has no CUDA; only the one for x64 has.`,
      found,
      arch === 'arm64'
        ? 'Use `--backend cpu` here, or run on an x64 machine with an NVIDIA GPU.'
        : 'Run Switchyard on x64 Linux with an NVIDIA GPU.',
    );
  return ortPlatformReason(host, 'cuda');
}

function unsupported(
  message: string,
  evidence: Readonly<Record<string, unknown>>,
  remedy: string,
): OrtPlatformAnswer {
  return { eligible: 'no', reasons: [makeReason('platform-unsupported', message, evidence, remedy)] };
}
