import { gzipSync } from 'node:zlib';

/** One entry of an archive, as dangerous as one likes. */
export interface TarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` a device, `5` a folder. */
  readonly type?: string;
  readonly link?: string;
}

/** A `.tar.gz` of these entries, without any of the checks that programs which write archives have. */
export function tarFile(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, content = '', type = '0', link = '' }) => {
    const bytes = Buffer.from(content as string);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000755\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.byteLength.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(link, 157);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.byteLength % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
