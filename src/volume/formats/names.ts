/**
 * All file formats of scans, a row each. The page knows what names tell of them; what reads and writes is loaded where a scan is
 * opened (index.ts), in its workers.
 */
import { withoutCopyMark } from './copyMark';
import { niftiNames } from './nifti/names';
import type { ScanFormat } from './scanFormat';

/** A row. */
export interface FormatRow extends ScanNames {
  load(): Promise<ScanFormat>;
}

export interface ScanNames {
  readonly id: string;
  /** How names of its files end, in lower case; a longer ending stands before one that it ends in. */
  readonly extensions: readonly string[];
  accepts(name: string): boolean;
  /** Files that it accepts, those of one scan together; names may have folders before them. */
  group<T extends { readonly name: string }>(files: readonly T[]): T[][];
  /** Whether a group has all files that a scan needs; one that has not is still kept together, so that an error can say what lacks. */
  isWhole(group: readonly { readonly name: string }[]): boolean;
  /** Whether a file that begins so is of this format. @param head its first bytes, inflated where the file is gzip */
  recognise(head: Uint8Array): boolean;
}

export const FORMATS: readonly FormatRow[] = [
  { ...niftiNames, load: async () => (await import('./nifti/format')).nifti },
];

/** Of all formats. */
export const SCAN_EXTENSIONS: readonly string[] = FORMATS.flatMap(({ extensions }) => extensions);

/** What a dialog for files takes: it looks at the last ending only. */
export const SCAN_ENDINGS: readonly string[] = [
  ...new Set(SCAN_EXTENSIONS.map((one) => one.replace(/^.*\./, '.'))),
];

/** Of files found in a folder: what is no whole scan there is none of the user's choice. */
export function isWholeScan(group: readonly { readonly name: string }[]): boolean {
  return !FORMATS.some((row) => row.accepts(group[0].name) && !row.isWhole(group));
}

export function isScanName(name: string): boolean {
  return FORMATS.some((row) => row.accepts(name));
}

/** What a system lays beside a user's files, such as macOS's "._" companions, and all in hidden folders; `name` may be a path. */
export const isHidden = (name: string): boolean => /(^|[\\/])\.(?!\.?([\\/]|$))/.test(name);

/**
 * One entry a scan, in the order of the first file of each; `others` belong to no scan, hidden files are in neither.
 * @param isScan whether a file that no name claims is one all the same, by what it holds (content.ts)
 */
export function groupScans<T extends { readonly name: string }>(
  files: readonly T[],
  isScan: (file: T) => boolean = () => false,
  rows: readonly ScanNames[] = FORMATS,
): { scans: T[][]; others: T[] } {
  const seen = files.filter(({ name }) => !isHidden(name));
  const rowOf = new Map(seen.map((file) => [file, rows.find((row) => row.accepts(file.name))]));
  const place = new Map(seen.map((file, n) => [file, n]));
  const scans = rows.flatMap((row) => row.group(seen.filter((file) => rowOf.get(file) === row)));
  const unclaimed = seen.filter((file) => !rowOf.get(file));
  const others = unclaimed.filter((file) => !isScan(file));
  scans.push(...unclaimed.filter(isScan).map((file) => [file]));
  return {
    scans: scans.sort(([a], [b]) => place.get(a)! - place.get(b)!),
    others,
  };
}

/** A name or path without what tells the format: "sub-01_T1w.nii.gz" and "sub-01_T1w.nii (1).gz" -> "sub-01_T1w". */
export function scanStem(name: string): string {
  const plain = withoutCopyMark(name);
  const lower = plain.toLowerCase();
  const ending = SCAN_EXTENSIONS.find((one) => lower.endsWith(one));
  return ending ? plain.slice(0, -ending.length) : name;
}
