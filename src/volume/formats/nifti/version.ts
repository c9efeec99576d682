/** Sizes and byte positions of fields that are written or read beside the library: nifti1.h, nifti2.h. */
export const LAYOUT = {
  1: { size: 348, single: 352, magic: 344, srow: 280 },
  2: { size: 540, single: 544, magic: 4, srow: 400 },
} as const;

/** Version by the header's first field (its own size, in either byte order); null: no NIfTI. */
export function niftiVersion(head: Uint8Array): 1 | 2 | null {
  if (head.length < 4) return null;
  const view = new DataView(head.buffer, head.byteOffset, 4);
  const sizes = [view.getInt32(0, true), view.getInt32(0, false)];
  if (sizes.includes(LAYOUT[1].size)) return 1;
  return sizes.includes(LAYOUT[2].size) ? 2 : null;
}
