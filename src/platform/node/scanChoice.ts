/** Which of the scans that were named are meant: what `--filter` leaves, and what has to be chosen before a run begins. */
import { BadRequest } from '../../errors';
import { checkFilter, type EntityFilter, filterScans, filterText } from '../../volume/entityFilter';
import { pairScans } from '../../volume/pairing';
import { someOf } from '../../volume/plainScans';
import { repeatsOf, repeatsText, rivalsOf, rivalsText } from '../../volume/rivals';
import { shortPaths } from '../../volume/shortPaths';
import { contrastOf, type Say, type TrainingScan } from './trainingScans';

const pathOf = ({ path }: TrainingScan) => path;
const choose = (entity: string, value: string) => `choose one by --filter ${entity}=${value}`;
const nameOf = (scans: readonly TrainingScan[]) => contrastOf(scans) ?? 'one contrast';

/**
 * What a filter leaves of lists, each of one contrast.
 * @param say a sentence on what is left out
 * @throws BadRequest where it matches nothing
 */
export function chosenScans<S extends string>(
  lists: Readonly<Record<S, readonly TrainingScan[]>>,
  filter: EntityFilter,
  say: Say,
): Record<S, TrainingScan[]> {
  const all = Object.entries<readonly TrainingScan[]>(lists) as [S, readonly TrainingScan[]][];
  checkFilter(
    filter,
    all.map(([, scans]) => scans.map(pathOf)),
  );
  const nameOf = shortPaths(all.flatMap(([, scans]) => scans.map(pathOf)));
  const chosen = all.map(([side, scans]) => {
    const { kept, left } = filterScans(scans, filter, pathOf);
    if (left.length > 0)
      say(`${someOf(left.map(({ path }) => nameOf(path)))}: not ${filterText(filter)}; left out by --filter`);
    return [side, kept];
  });
  return Object.fromEntries(chosen) as Record<S, TrainingScan[]>;
}

/** @throws BadRequest where several scans of a visit fit one of the other contrast, so that no pair is the right one */
export function refuseRivalPairs(a: readonly TrainingScan[], b: readonly TrainingScan[]): void {
  const pairing = pairScans(a, b, pathOf);
  for (const scans of [a, b]) {
    const rivals = rivalsOf(scans, pathOf, pairing);
    if (rivals) throw new BadRequest(rivalsText(rivals, nameOf(scans), choose));
  }
}

/**
 * Of scans that are trained on by themselves.
 * @param say a sentence on repetitions, which are all taken
 * @throws BadRequest for several images of one contrast and visit
 */
export function refuseRivals(scans: readonly TrainingScan[], say: Say): void {
  const rivals = rivalsOf(scans, pathOf, null);
  if (rivals) throw new BadRequest(rivalsText(rivals, nameOf(scans), choose));
  const repeats = repeatsOf(scans, pathOf);
  if (repeats) say(repeatsText(repeats, nameOf(scans), choose));
}
