import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openScan, openVolumes } from '../../volume/formats';
import { groupScans } from '../../volume/formats/names';
import type { ScanFile, VolumeChoice } from '../../volume/formats/scanFormat';
import type { NamedBlob } from '../../volume/namedBlob';
import { askedOfSeveral } from '../../volume/oneVolume';
import { openBlob } from './files';

/** A scan among many, and which volume of it where it has several. */
export interface ScanPlace {
  path: string;
  volume?: number;
}

const HOW = 'choose one by --volume';

/** One volume of a scan on disk, given by one of its files. Throws as `openScan`. */
export async function readScan(path: string, volume: VolumeChoice = 0): Promise<ScanFile> {
  return openScan(await scanFiles(path), { volume });
}

/** @throws as `openScan`, and BadRequest for a scan of several volumes of which none is chosen */
export async function readChosen({ path, volume }: ScanPlace): Promise<ScanFile> {
  return readScan(path, askedOfSeveral(path, volume, HOW));
}

/** All volumes of a scan on disk. Throws as `openVolumes`. */
export async function readScanAll(path: string): Promise<ScanFile[]> {
  return openVolumes(await scanFiles(path));
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

async function scanFiles(path: string): Promise<NamedBlob[]> {
  const paths = await scanPaths(path);
  return Promise.all(paths.map(async (one) => ({ name: basename(one), blob: await openBlob(one) })));
}
