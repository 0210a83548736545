import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { write } from './guide-project.ts';

/** A `.tar.gz` with the one file that the engine of `openvino` needs. */
export function openvinoArchive(folder: string): Uint8Array {
  write(folder, 'openvino/ov_node_addon.node', 'the addon');
  execFileSync('tar', ['-czf', '../openvino.tar.gz', '.'], { cwd: join(folder, 'openvino') });
  return readFileSync(join(folder, 'openvino.tar.gz'));
}

/** A `.nupkg` with these files, as they are. */
export function zipArchive(files: Readonly<Record<string, string>>): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const path = Buffer.from(name);
    // Version, flags, method (stored), time, date, checksum, both sizes, length of the name and of what is extra.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(content.byteLength, 14);
    shared.writeUInt32LE(content.byteLength, 18);
    shared.writeUInt16LE(path.byteLength, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, path, content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), shared, rest, path]));
    locals.push(local);
    offset += local.byteLength;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(directory.byteLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
