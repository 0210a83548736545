/** A kind of file that is often handed over in place of an ONNX model, and what to do about it. */
export interface FileGuess {
  readonly name: string;
  readonly advice: string;
}

const EXPORT = 'Export the model to ONNX first';
const OTHER = 'Check the path: this is not a model that can be opened';

type Signature = readonly [magic: string | readonly number[], name: string, advice: string, at?: number];

const SIGNATURES: readonly Signature[] = [
  [
    'version https://git-lfs.github.com/spec/',
    'Git LFS pointer',
    'Run `git lfs pull` in the repository that it comes from to fetch the real file',
  ],
  [[0x89, 0x50, 0x4e, 0x47], 'PNG image', OTHER],
  [[0xff, 0xd8, 0xff], 'JPEG image', OTHER],
  ['GIF8', 'GIF image', OTHER],
  ['%PDF', 'PDF document', OTHER],
  [
    'PK\u0003\u0004',
    'ZIP archive (PyTorch saves `.pt` files this way)',
    'Export the model with `torch.onnx.export`, or unpack the archive',
  ],
  [[0x1f, 0x8b], 'gzip archive', 'Unpack it first'],
  ['GGUF', 'GGUF model', EXPORT],
  ['TFL3', 'TensorFlow Lite model', `${EXPORT}, for example with tf2onnx`, 4],
  ['ORTM', 'ONNX Runtime `.ort` model', 'Use the `.onnx` file that it was converted from', 4],
  [
    [0x89, 0x48, 0x44, 0x46],
    'HDF5 file (Keras saves models this way)',
    `${EXPORT}, for example with tf2onnx`,
  ],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'NumPy array', OTHER],
  [[0x7f, 0x45, 0x4c, 0x46], 'ELF binary', OTHER],
  [[0xff, 0xfe], 'UTF-16 text file', OTHER],
  [[0xef, 0xbb, 0xbf], 'UTF-8 text file', OTHER],
];

/** How many first bytes {@link looksLike} wants to see. */
export const SNIFF_BYTES = 512;

/**
 * Names what a file is by its first bytes, or undefined when nothing speaks against ONNX. Protobuf has no magic
 * number, so this can only ever rule ONNX out.
 */
export function looksLike(head: Uint8Array): FileGuess | undefined {
  for (const [magic, name, advice, at = 0] of SIGNATURES) {
    const bytes = typeof magic === 'string' ? Array.from(magic, (char) => char.charCodeAt(0)) : magic;
    if (bytes.every((byte, index) => head[at + index] === byte)) return { name, advice };
  }
  if (head[0] === 0x80 && head[1] !== undefined && head[1] >= 2 && head[1] <= 5) {
    return {
      name: 'Python pickle (PyTorch saved `.pt` files this way)',
      advice: 'Export the model with `torch.onnx.export`',
    };
  }
  // safetensors: a 64-bit header length, then JSON. The length's upper half is zero for any sane header.
  if (head[8] === 0x7b && head[5] === 0 && head[6] === 0 && head[7] === 0) {
    return { name: 'safetensors file', advice: EXPORT };
  }
  return looksLikeText(head);
}

function looksLikeText(head: Uint8Array): FileGuess | undefined {
  const plain = head.every(
    (byte) => byte === 0x09 || byte === 0x0a || byte === 0x0d || (byte >= 0x20 && byte !== 0x7f),
  );
  if (!plain) return undefined;
  let text: string;
  try {
    // `stream` forgives a character that is cut in half by the end of the sample.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }).trimStart().toLowerCase();
  } catch {
    return undefined;
  }
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) {
    return {
      name: 'HTML page',
      advice: 'The download probably failed: fetch the file again and look at the page',
    };
  }
  if (text.startsWith('<?xml') || text.startsWith('<net')) {
    return {
      name: 'XML file (OpenVINO keeps its models this way)',
      advice: 'Use the `.onnx` file that it was converted from',
    };
  }
  return { name: 'text file', advice: OTHER };
}
