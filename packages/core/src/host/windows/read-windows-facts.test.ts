import type { Systeminformation } from 'systeminformation';
import { describe, expect, it } from 'vitest';
import { testProcess } from '../__fixtures__/machine-tree.ts';
import { readHostFacts } from '../read-host-facts.ts';
import { readWindowsFacts } from './read-windows-facts.ts';
import { loadSystemInformation, type SystemInformation } from './system-information.ts';

function controller(
  changes: Partial<Systeminformation.GraphicsControllerData>,
): Systeminformation.GraphicsControllerData {
  return { vendor: '', model: '', bus: 'PCI', vram: 4096, vramDynamic: false, ...changes };
}

/** The library's answers in its own types; what no fact comes from is left as the library fills it in. */
function library(changes: Partial<SystemInformation> = {}): SystemInformation {
  const os = { distro: 'Microsoft Windows 11 Pro', release: '10.0.26100', build: '26100' };
  const cpu = { manufacturer: 'Intel', brand: 'Core™ i7-13700H', vendor: 'GenuineIntel', physicalCores: 14 };
  return {
    osInfo: () => Promise.resolve(os as Systeminformation.OsData),
    cpu: () => Promise.resolve(cpu as Systeminformation.CpuData),
    mem: () => Promise.resolve({ total: 34_359_738_368 } as Systeminformation.MemData),
    graphics: () =>
      Promise.resolve({
        controllers: [
          controller({ vendor: 'Intel Corporation', model: 'Intel(R) Iris(R) Xe Graphics' }),
          controller({
            vendor: 'NVIDIA',
            model: 'NVIDIA GeForce RTX 4070',
            vendorId: '0x10DE',
            pciBus: '00000000:01:00.0',
          }),
          controller({ vendor: 'Advanced Micro Devices, Inc.', model: '' }),
        ],
        displays: [],
      }),
    ...changes,
  };
}

describe('readHostFacts on Windows', () => {
  it('describes a machine by what the library answers', async () => {
    const facts = await readHostFacts({
      platform: 'win32',
      process: testProcess({ release: () => '10.0.26100' }),
      environment: { CUDA_PATH: 'C:\\CUDA', SECRET: 'x' },
      systemInformation: () => Promise.resolve(library()),
    });
    expect(facts.os).toMatchObject({
      platform: 'win32',
      name: { value: 'Windows 11 Pro', source: 'systeminformation.osInfo()' },
      version: { value: '10.0.26100' },
      build: { value: '26100' },
    });
    expect(facts.cpu).toMatchObject({
      model: { value: 'Intel Core™ i7-13700H' },
      vendor: { value: 'GenuineIntel' },
      machineArch: { value: 'x64' },
      physicalCores: { value: 14 },
    });
    expect(facts.memory.totalBytes).toMatchObject({ value: 34_359_738_368 });
    expect(facts.accelerators).toMatchObject({
      known: true,
      value: [
        {
          kind: 'gpu',
          vendor: 'Intel',
          name: 'Intel(R) Iris(R) Xe Graphics',
          vendorId: null,
          integrated: null,
        },
        { kind: 'gpu', vendor: 'NVIDIA', vendorId: '10de', busId: '00000000:01:00.0' },
        { kind: 'gpu', vendor: 'AMD', name: null },
      ],
      source: expect.stringContaining('no NPUs'),
    });
    expect(facts.variables).toEqual({ CUDA_PATH: 'C:\\CUDA' });
    for (const fact of [facts.libraries, facts.vulkanDrivers, facts.nvidia.driverVersion, facts.libc]) {
      expect(fact).toMatchObject({ known: false, why: expect.stringMatching(/\S/) });
    }
  });

  it('does not take an emulated process for the machine', async () => {
    const cpu = {
      manufacturer: 'Qualcomm',
      brand: 'Snapdragon X Elite',
      vendor: 'Qualcomm Technologies Inc',
    };
    const load = (): Promise<SystemInformation> =>
      Promise.resolve(library({ cpu: () => Promise.resolve(cpu as Systeminformation.CpuData) }));
    expect((await readWindowsFacts(testProcess(), load)).cpu.machineArch.known).toBe(false);
    const native = await readWindowsFacts(testProcess({ arch: 'arm64' }), load);
    expect(native.cpu.machineArch).toMatchObject({ known: true, value: 'arm64' });
    expect(native.cpu.physicalCores).toMatchObject({
      known: false,
      why: expect.stringContaining('left it empty'),
    });
  });

  it('goes on without an answer that fails or does not come', async () => {
    const broken = library({
      osInfo: () => Promise.reject(new Error('Access is denied.')),
      graphics: () => new Promise(() => {}),
    });
    const facts = await readWindowsFacts(testProcess(), () => Promise.resolve(broken), 20);
    expect(facts.os.name).toEqual({
      known: false,
      why: '`systeminformation.osInfo()` failed: Access is denied.',
    });
    expect(facts.accelerators).toEqual({
      known: false,
      why: '`systeminformation.graphics()` did not answer within 20 ms',
    });
    expect(facts.cpu.vendor).toMatchObject({ value: 'GenuineIntel' });
  });

  it('goes on without the library', async () => {
    const facts = await readWindowsFacts(testProcess(), () =>
      Promise.reject(new Error('Cannot find package.')),
    );
    expect(facts.cpu.model).toMatchObject({
      known: false,
      why: expect.stringContaining('Cannot find package.'),
    });
  });

  it('finds in the real library what it asks of it', async () => {
    const real = await loadSystemInformation();
    for (const name of ['osInfo', 'cpu', 'mem', 'graphics'] as const)
      expect(real[name]).toBeTypeOf('function');
    expect((await real.mem()).total).toBeGreaterThan(0);
  });
});
