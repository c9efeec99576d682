/** Arrays of one length behind each other, as a batch holds them; a single one is not copied. */
export function joinArrays(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const out = new Float32Array(parts.length * parts[0].length);
  parts.forEach((part, i) => {
    out.set(part, i * part.length);
  });
  return out;
}
