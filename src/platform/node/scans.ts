import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openScan, openVolumes } from '../../volume/formats';
import { holdsScan } from '../../volume/formats/content';
import { groupScans, isScanName } from '../../volume/formats/names';
import type { ScanFile, VolumeChoice } from '../../volume/formats/scanFormat';
import type { NamedBlob } from '../../volume/namedBlob';
import { askedOfSeveral } from '../../volume/oneVolume';
import { openBlob } from './files';

/** A scan among many, and which volume of it where it has several. */
export interface ScanPlace {
  path: string;
  volume?: number;
  /** The option by which the volume is chosen; `volume` where absent. */
  option?: string;
}

type Say = (sentence: string) => void;

/**
 * One volume of a scan on disk, given by one of its files. Throws as `openScan`.
 * @param say what is wrong with the file though it could be read
 * @param open reads the file that is named: `openGiven` where it may be a pipe
 */
export async function readScan(
  path: string,
  volume: VolumeChoice = 0,
  say: Say = () => {},
  open = openBlob,
): Promise<ScanFile> {
  const scan = await openScan(await scanFiles(path, open), { volume });
  for (const remark of scan.remarks) say(`${scan.name}: ${remark}`);
  return scan;
}

/** @throws as `openScan`, and BadRequest for a scan of several volumes of which none is chosen */
export async function readChosen(
  { path, volume, option = 'volume' }: ScanPlace,
  say?: Say,
): Promise<ScanFile> {
  return readScan(path, askedOfSeveral(path, volume, `choose one by --${option}`), say);
}

/** All volumes of a scan on disk. Throws as `openVolumes`. @param say, open as of `readScan` */
export async function readScanAll(path: string, say: Say = () => {}, open = openBlob): Promise<ScanFile[]> {
  const scans = await openVolumes(await scanFiles(path, open));
  for (const remark of scans[0].remarks) say(`${scans[0].name}: ${remark}`);
  return scans;
}

/** Whether a file is a scan, or claims to be one by its name. */
export async function isScanFile(path: string): Promise<boolean> {
  if (isScanName(path)) return true;
  // A pipe could be read only once.
  const isPlain = (await stat(path).catch(() => null))?.isFile() ?? false;
  const blob = isPlain ? await openBlob(path).catch(() => null) : null;
  return blob !== null && holdsScan({ name: path, blob });
}

/** The files that make up a scan on disk: the one given first, then what in its folder belongs to it. */
export async function scanPaths(path: string): Promise<string[]> {
  const own = basename(path);
  const folder = dirname(path);
  // A folder that cannot be listed can still hold a file that can be read.
  const beside = (await readdir(folder).catch(() => [])).filter((name) => name !== own);
  // The given one first: of several that would fit, it has the choice.
  const names = [own, ...beside.sort()].map((name) => ({ name }));
  const { scans } = groupScans(names);
  const [, ...others] = scans.find(([first]) => first === names[0]) ?? [];
  return [path, ...others.map(({ name }) => join(folder, name))];
}

async function scanFiles(path: string, open: typeof openBlob): Promise<NamedBlob[]> {
  const paths = await scanPaths(path);
  const blobOf = (one: string) => (one === path ? open : openBlob)(one);
  return Promise.all(paths.map(async (one) => ({ name: basename(one), blob: await blobOf(one) })));
}
