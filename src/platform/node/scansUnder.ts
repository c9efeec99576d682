/** What lies in a folder and below, or stands in a list: images, and what nobody means by it. */
import { join } from 'node:path';
import type { EntityFilter } from '../../volume/entityFilter';
import { mayHoldScan } from '../../volume/formats/content';
import { groupScans, isHidden, isScanName, isWholeScan } from '../../volume/formats/names';
import { isDerived, isLabelPath, readName } from '../../volume/names';
import { realScans } from '../../volume/synthetic';
import { filesBelow } from './filesBelow';
import { isScanFile } from './scans';

export interface FoundScans {
  images: string[];
  /** Made by this program. */
  synthetic: string[];
  /** What else is no image, a kind each. */
  left: LeftOut[];
}

interface LeftOut {
  one: string;
  many: string;
  names: string[];
}

const KINDS: readonly (Omit<LeftOut, 'names'> & { is(name: string): boolean })[] = [
  { one: 'hidden file', many: 'hidden files', is: isHidden },
  { one: 'scan of derivatives', many: 'scans of derivatives', is: isDerived },
  { one: 'mask or label', many: 'masks or labels', is: isLabelPath },
  {
    one: 'map or computed image',
    many: 'maps or computed images',
    is: (name) => readName(name).isMap,
  },
];

/**
 * One file of each image, seen from the folder and sorted without regard to the language of the machine.
 * @param filter as of `realScans`
 */
export async function scansUnder(folder: string, filter: EntityFilter): Promise<FoundScans> {
  const names = (await filesBelow(folder)).sort(byCode);
  const files = names.map((name) => ({ name }));
  const found = new Set<string>();
  for (const { name } of groupScans(files).others)
    if (mayHoldScan(name, false) && (await isScanFile(join(folder, name)))) found.add(name);
  const { scans } = groupScans(files, ({ name }) => found.has(name));
  const whole = scans.filter(isWholeScan).map(([{ name }]) => name);
  const halves = scans.filter((scan) => !isWholeScan(scan)).map(([{ name }]) => name);
  // What a version control keeps is no part of a data set.
  const hidden = names.filter(
    (name) => isHidden(name) && isScanName(name) && !/(^|[\\/])\.git[\\/]/.test(name),
  );
  const sorted = imagesAmong([...whole, ...hidden].sort(byCode), filter);
  const alone = { one: 'scan without its other file', many: 'scans without their other file', names: halves };
  return halves.length > 0 ? { ...sorted, left: [...sorted.left, alone] } : sorted;
}

/** @param names seen from the folder that is looked at @param filter as of `realScans` */
export function imagesAmong(names: readonly string[], filter: EntityFilter): FoundScans {
  const kindOf = (name: string) => KINDS.findIndex(({ is }) => is(name));
  const kinds = names.map(kindOf);
  const { real, synthetic } = realScans(
    names.filter((_, n) => kinds[n] < 0),
    (name) => name,
    filter,
  );
  const left = KINDS.map(({ one, many }, kind) => ({
    one,
    many,
    names: names.filter((_, n) => kinds[n] === kind),
  }));
  return { images: real, synthetic, left: left.filter((one) => one.names.length > 0) };
}

/** "2 masks or labels (first sub-01_mask.nii), 1 hidden file (._x.nii)" */
export function leftTexts(left: readonly LeftOut[]): string {
  const texts = left.map(({ one, many, names: [first, ...others] }) =>
    others.length > 0 ? `${others.length + 1} ${many} (first ${first})` : `1 ${one} (${first})`,
  );
  return texts.join(', ');
}

const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
