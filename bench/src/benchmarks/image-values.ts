/** An image of 3 x 224 x 224 values between 0 and 1, the same on every call. */
export function imageValues(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => (index % 255) / 255);
}
