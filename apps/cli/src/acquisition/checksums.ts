/** What the bytes of one archive have to be, as far as anybody wrote it down. */
export interface KnownChecksum {
  /** SHA-256 in hexadecimal digits, or `null` where nobody knows it. */
  readonly sha256: string | null;
  /** Who says so, or why it is not known. */
  readonly source: string;
  /** Day on which this was written down: `2026-11-22`. */
  readonly date: string;
}

const UNREAD: KnownChecksum = {
  sha256: null,
  source: 'the archive could not be reached where this list was written',
  date: '2026-11-22',
};

/**
 * Archives of the engine versions that this release is written for, by file name. Whoever has read one puts its
 * checksum here, with where it was read; until then it has to be given with `--sha256`.
 */
export const CHECKSUMS: Readonly<Record<string, KnownChecksum>> = {
  'microsoft.ml.onnxruntime.gpu.linux.1.30.0.nupkg': UNREAD,
  'openvino_nodejs_bindings_linux_2026.4.0_x64.tar.gz': UNREAD,
  'openvino_nodejs_bindings_linux_2026.4.0_arm64.tar.gz': UNREAD,
  'openvino_nodejs_bindings_win32_2026.4.0_x64.tar.gz': UNREAD,
  'openvino_nodejs_bindings_darwin_2026.4.0_arm64.tar.gz': UNREAD,
};

/** What is known of an archive, also of one that nobody put on the list. */
export function checksumOf(archive: string): KnownChecksum {
  return (
    CHECKSUMS[archive] ?? {
      sha256: null,
      source: 'this release has no entry for the archive',
      date: '2026-11-22',
    }
  );
}
