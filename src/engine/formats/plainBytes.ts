/**
 * The same bytes as a plain Uint8Array, not copied. Node's Buffer is a Uint8Array too, but one whose `slice` shares memory
 * instead of copying: readers that slice would then see the whole file where they want a part.
 */
export function plainBytes(input: ArrayBufferLike | Uint8Array): Uint8Array {
  return input instanceof Uint8Array
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}
