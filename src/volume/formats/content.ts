/** What files are by what they hold, for those that no name claims: the same for the page and the terminal. */
import { firstBytes } from '../gzip';
import { type NamedBlob, readBlob } from '../namedBlob';
import { FORMATS, isHidden, isScanName } from './names';

/** First bytes by which a format is known. */
const HEAD = 1024;
/** What is read of a file for that: more than HEAD bytes come out of it. */
const HEAD_PACKED = 2 ** 16;

/** Lists, tables and pages: never scans, and there may be thousands of them. */
const TEXT = /\.(json|tsv|csv|txt|md|html?|xml|log|bval|bvec)$/i;

/** The first bytes as they are stored, and inflated where they are gzip. Throws as `readBlob`. */
export async function headOf({ name, blob }: NamedBlob) {
  const { bytes } = await readBlob({ name, blob: blob.slice(0, HEAD_PACKED) });
  const stored = new Uint8Array(bytes);
  return { name, stored, inflated: await firstBytes(stored, HEAD) };
}

/** Whether a file is one of a scan, whatever its name; what cannot be read is not. */
export async function holdsScan(file: NamedBlob): Promise<boolean> {
  const head = await headOf(file).catch(() => null);
  return head !== null && FORMATS.some(({ recognise }) => recognise(head.inflated));
}

/**
 * Whether it is worth a look inside of a file that no name claims. In a folder nobody has chosen it, and "sub-01_T1w.nii.gz.bak" is
 * none of the user's choice: there only files without any ending are.
 */
export function mayHoldScan(name: string, isChosen: boolean): boolean {
  if (isScanName(name) || isHidden(name)) return false;
  return isChosen ? !TEXT.test(name) : !(/[^\\/]*$/.exec(name)?.[0] ?? '').includes('.');
}

/** Which of dropped or chosen files are scans though no name claims them. @param pathOf with the folders that were dropped with it */
export async function scansByContent<T>(
  files: readonly T[],
  pathOf: (file: T) => string,
  blobOf: (file: T) => Blob,
): Promise<ReadonlySet<T>> {
  const found = new Set<T>();
  for (const file of files) {
    const path = pathOf(file);
    const isChosen = !/[\\/]/.test(path);
    if (mayHoldScan(path, isChosen) && (await holdsScan({ name: path, blob: blobOf(file) }))) found.add(file);
  }
  return found;
}
