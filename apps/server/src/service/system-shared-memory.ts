import { closeSync, fstatSync, read as readDescriptor, write as writeDescriptor } from 'node:fs';
import { promisify } from 'node:util';
import { ProtocolError, type SystemSharedMemoryRegion } from '@switchyard/open-inference';
import type { SharedMemoryRegions } from './inference-service.ts';
import { shown } from '../repository/texts.ts';
import { isSize, openSharedObject } from './open-shared-object.ts';
import { invalid } from './texts.ts';

/** Where POSIX keeps its shared memory objects, and how many regions clients may register. */
export interface SharedMemoryOptions {
  /** `/dev/shm` on Linux. */
  readonly folder: string;
  readonly maxRegions: number;
}

/** The registered regions, and their bytes. */
export interface RegionStore extends SharedMemoryRegions {
  readonly enabled: boolean;
  /** A copy of bytes of a region. @throws ProtocolError not-found, invalid-argument, unsupported */
  read(region: string, offset: number, byteSize: number): Promise<Uint8Array>;
  /** Writes chunks one after the other. @throws ProtocolError not-found, invalid-argument, unsupported */
  write(region: string, offset: number, chunks: readonly Uint8Array[]): Promise<void>;
}

interface OpenRegion {
  readonly region: SystemSharedMemoryRegion;
  readonly descriptor: number;
  users: number;
  unregistered: boolean;
}

const readAsync = promisify(readDescriptor);
const writeAsync = promisify(writeDescriptor);

/**
 * System shared memory through the files that it is on Linux, because Node.js cannot map memory. An object
 * is opened when it is registered and held until it is unregistered, as a mapping would be.
 */
export function createSharedMemory(options: SharedMemoryOptions | false): RegionStore {
  const regions = new Map<string, OpenRegion>();
  const allowed = (): SharedMemoryOptions => {
    if (options !== false) return options;
    throw new ProtocolError(
      'unsupported',
      'Client shared memory is disabled. Whoever runs the server can start it with shared memory enabled.',
    );
  };
  const find = (name: string, words: string): OpenRegion => {
    const found = regions.get(name);
    if (found !== undefined) return found;
    throw new ProtocolError('not-found', `Unable to find ${words}: '${shown(name)}'`);
  };
  const use = async <Result>(
    name: string,
    offset: number,
    byteSize: number,
    work: (descriptor: number, position: number) => Promise<Result>,
  ): Promise<Result> => {
    allowed();
    const open = find(name, 'shared memory region');
    const { region } = open;
    checkRange(region, offset, byteSize, region.byte_size);
    // The object may have become smaller since; a read past its end would give a part of a tensor.
    checkRange(region, offset, byteSize, fstatSync(open.descriptor).size - region.offset);
    open.users += 1;
    try {
      return await work(open.descriptor, region.offset + offset);
    } finally {
      open.users -= 1;
      closeUnused(open);
    }
  };
  return {
    enabled: options !== false,
    status: (name) => {
      allowed();
      if (name !== '') return [find(name, 'system shared memory region').region];
      return [...regions.values()].map(({ region }) => region);
    },
    register: (region) => {
      const { folder, maxRegions } = allowed();
      if (regions.has(region.name)) {
        throw new ProtocolError(
          'already-exists',
          `shared memory region '${shown(region.name)}' already in manager`,
        );
      }
      if (region.name === '') throw invalid('shared memory region must have a name');
      if (regions.size >= maxRegions) {
        throw new ProtocolError(
          'exhausted',
          `${maxRegions} shared memory regions are registered, which is the most that this server keeps; ` +
            'unregister one',
        );
      }
      const descriptor = openSharedObject(folder, region);
      regions.set(region.name, {
        region: { name: region.name, key: region.key, offset: region.offset, byte_size: region.byte_size },
        descriptor,
        users: 0,
        unregistered: false,
      });
    },
    unregister: (name) => {
      allowed();
      // Unregistering what is not there succeeds, as in Triton: clients begin with it.
      for (const open of name === '' ? [...regions.values()] : [regions.get(name)]) {
        if (open === undefined) continue;
        regions.delete(open.region.name);
        open.unregistered = true;
        closeUnused(open);
      }
    },
    read: (name, offset, byteSize) =>
      use(name, offset, byteSize, async (descriptor, position) => {
        const bytes = new Uint8Array(byteSize);
        for (let done = 0; done < byteSize;) {
          const { bytesRead } = await readAsync(descriptor, bytes, done, byteSize - done, position + done);
          if (bytesRead === 0) throw shrunk(name);
          done += bytesRead;
        }
        return bytes;
      }),
    write: (name, offset, chunks) => {
      const byteSize = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      return use(name, offset, byteSize, async (descriptor, position) => {
        let at = position;
        for (const chunk of chunks) {
          for (let done = 0; done < chunk.byteLength;) {
            const left = chunk.byteLength - done;
            const { bytesWritten } = await writeAsync(descriptor, chunk, done, left, at);
            done += bytesWritten;
            at += bytesWritten;
          }
        }
      });
    },
  };
}

/** Closing a descriptor that is being read would let another file take its number in mid-read. */
function closeUnused(open: OpenRegion): void {
  if (open.unregistered && open.users === 0) closeSync(open.descriptor);
}

function checkRange(region: SystemSharedMemoryRegion, offset: number, byteSize: number, size: number): void {
  if (!isSize(offset) || offset > size) {
    throw invalid(`Invalid offset for shared memory region: '${shown(region.name)}'`);
  }
  if (!isSize(byteSize) || offset + byteSize > size) {
    throw invalid(`Invalid offset + byte size for shared memory region: '${shown(region.name)}'`);
  }
}

function shrunk(name: string): ProtocolError {
  return invalid(
    `Invalid offset + byte size for shared memory region: '${shown(name)}', which became smaller while it was read`,
  );
}
