const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Reverses the bytes of every element, in place. */
function reverseElements(bytes: Uint8Array, width: number): Uint8Array {
  for (let start = 0; start + width <= bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
  return bytes;
}

/** The bytes of elements that were just made, as the wire has them. The elements are given up. */
export function toWireBytes(
  elements: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number },
  hostIsLittle: boolean = HOST_IS_LITTLE,
): Uint8Array {
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  return toWireOrder(bytes, elements.BYTES_PER_ELEMENT, hostIsLittle);
}

/** The same for the bytes that the elements stand on, in place. */
export function toWireOrder(
  bytes: Uint8Array,
  width: number,
  hostIsLittle: boolean = HOST_IS_LITTLE,
): Uint8Array {
  return hostIsLittle ? bytes : reverseElements(bytes, width);
}

/**
 * Bytes of the wire such that a typed array of this host can stand on them: the same ones where order and
 * alignment fit, else a copy.
 */
export function fromWireBytes(
  bytes: Uint8Array,
  width: number,
  hostIsLittle: boolean = HOST_IS_LITTLE,
): Uint8Array {
  if (width === 1) return bytes;
  if (hostIsLittle) return bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return reverseElements(bytes.slice(), width);
}
