/** The one way to open a scan of any format: the page's workers and the command line go it. */
import { UnsupportedFile } from '../../errors';
import { lateCode } from '../../lateCode';
import type { NamedBlob } from '../namedBlob';
import { headOf } from './content';
import { FORMATS } from './names';
import { refuseForeign } from './refuse';
import type { ReadOptions, ScanFile, ScanFormat, VolumeChoice } from './scanFormat';

/** What reads and writes each format, in the order of the rows. */
export const loadFormats = (): Promise<ScanFormat[]> =>
  lateCode('scan', () => Promise.all(FORMATS.map(({ load }) => load())));

/**
 * One volume of a scan.
 * @param parts all files of the scan, in any order
 * @param options.volume of a file with several, from 0
 * @param options.pause memory and inflate, too, as `ReadOptions` has them
 * @throws as `ScanFormat.read`, and UnsupportedFile for what is no scan
 */
export async function openScan(
  parts: readonly NamedBlob[],
  { volume = 0, ...how }: Omit<ReadOptions, 'volume'> & { volume?: VolumeChoice } = {},
  formats?: readonly ScanFormat[],
): Promise<ScanFile> {
  const [scan] = await read(parts, { volume, ...how }, formats ?? (await loadFormats()));
  return scan;
}

/** Every volume of a scan, in order; they lie on one grid. Throws as `openScan`. */
export async function openVolumes(parts: readonly NamedBlob[]): Promise<ScanFile[]> {
  return read(parts, { volume: 'all' }, await loadFormats());
}

/** What the files hold decides; names only where that tells nothing, so that the format can say what is wrong with them. */
async function read(
  parts: readonly NamedBlob[],
  options: ReadOptions,
  formats: readonly ScanFormat[],
): Promise<ScanFile[]> {
  if (parts.length === 0)
    throw new UnsupportedFile('scan: must have at least one file, got none; choose one');
  const heads = await Promise.all(parts.map(headOf));
  let format = formats.find(({ recognise }) => heads.some(({ inflated }) => recognise(inflated)));
  if (!format) {
    for (const { name, stored, inflated } of heads) {
      refuseForeign(name, stored);
      refuseForeign(name, inflated);
    }
    format = formats.find(({ accepts }) => parts.some(({ name }) => accepts(name))) ?? formats[0];
  }
  return format.read(parts, options);
}
