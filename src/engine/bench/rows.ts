/** The rows of a task's tables: a name and its runs, those of other seeds together. */
import type { ModelCard } from '../cards/modelCard';
import { METHODS } from '../methods';
import { isUnconditionalModel } from '../unconditional';
import { type Bench, type BenchModel, modelsOf, type Task, taskKey } from './bench';
import type { TableRow } from './suiteReport';

export interface RunsOfName {
  name: string;
  runs: readonly BenchModel[];
}

export function rowsOf(bench: Pick<Bench, 'models'>, task: Task): RunsOfName[] {
  const byName = new Map<string, BenchModel[]>();
  for (const model of modelsOf(bench, task))
    byName.set(model.name, [...(byName.get(model.name) ?? []), model]);
  return [...byName].map(([name, runs]) => ({ name, runs }));
}

/** The row that others are held against: the one of that name, else the one called SynDiff, else the first of SynDiff's, else the first. */
export function referenceRow(rows: readonly RunsOfName[], against?: string): RunsOfName {
  return (
    rows.find(({ name }) => name === against) ??
    rows.find(({ name }) => name === METHODS.syndiff.label) ??
    rows.find(({ runs }) => runs[0].card.network.method === 'syndiff') ??
    rows[0]
  );
}

/** Of models that cannot be read, in the tables that they belong to; in all of them where their card does not tell. */
export function unreadRows(
  { unread = [] }: Pick<Bench, 'unread'>,
  belongs: (card: ModelCard) => boolean,
): TableRow[] {
  return unread
    .filter(({ card }) => !card || belongs(card))
    .map(({ name, why }) => ({ name, values: {}, failed: why }));
}

/** Of a task's tables. */
export const unreadOf = (bench: Pick<Bench, 'unread'>, task: Task): TableRow[] =>
  unreadRows(bench, (card) => taskKey(card) === taskKey(task) && !isUnconditionalModel(card));

/** Ends what a row lacks whose turn has not come. */
export const AWAITED = 'not computed yet';

/**
 * What a row's cells lack, in a sentence; null where nothing.
 * @param missing of each cell without a result why it failed, null where its turn has not come
 */
export function missingText(missing: readonly (string | null)[], cells: number): string | null {
  if (missing.length === 0) return null;
  const failed = missing.filter((reason) => reason !== null);
  if (failed.length === 0)
    return missing.length === cells ? AWAITED : `${missing.length} of ${cells} parts ${AWAITED}`;
  return failed.length === cells ? failed[0] : `${failed.length} of ${cells} parts failed: ${failed[0]}`;
}
