import type { Systeminformation } from 'systeminformation';

/** The parts of the `systeminformation` library that are used. */
export interface SystemInformation {
  osInfo(): Promise<Systeminformation.OsData>;
  cpu(): Promise<Systeminformation.CpuData>;
  mem(): Promise<Systeminformation.MemData>;
  graphics(): Promise<Systeminformation.GraphicsData>;
}

/** Loads the library, which is used on Windows only. */
export async function loadSystemInformation(): Promise<SystemInformation> {
  const { default: library } = await import('systeminformation');
  return library;
}
