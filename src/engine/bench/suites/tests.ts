/** Wilcoxon's test of a row against each other one, as columns of a table. */
import { counted } from '../../counted';
import { pText } from '../../evaluation/pText';
import { smallestP } from '../../evaluation/wilcoxon';
import { METHODS } from '../../methods';
import { type Bench, type Task, taskText } from '../bench';
import { holm } from '../holm';
import { type RunsOfName, referenceRow } from '../rows';
import type { Column, TableValue } from '../suiteReport';
import { isFailed, type MeasureOf, patientsOf, type RowScores, wilcoxonP } from './pairScores';

export const TESTED: readonly { id: 'psnr' | 'ssim'; label: string; of: MeasureOf }[] = [
  { id: 'psnr', label: 'PSNR', of: ({ whole }) => whole?.psnr },
  { id: 'ssim', label: 'SSIM', of: ({ whole }) => whole?.ssim },
];

export const TEST_COLUMNS: readonly Column[] = TESTED.flatMap(({ id, label }) =>
  [
    ['Slices', 'slices'],
    ['Patients', 'patients'],
    ['Holm', 'patients, Holm'],
  ].map(([name, text]) => ({
    id: `${id}${name}`,
    label: `p of ${label}: ${text}`,
    digits: 4,
    isP: true,
    better: null,
  })),
);

/** Of each of `others`, in their order, the values of `TEST_COLUMNS`. */
export function testValues(
  own: RowScores,
  others: readonly RowScores[],
): Readonly<Record<string, TableValue>>[] {
  const tests = TESTED.map(({ id, of }) => {
    const perPatient = others.map((row) => wilcoxonP(own, row, of, 'patient'));
    return {
      id,
      perSlice: others.map((row) => wilcoxonP(own, row, of, 'slice')),
      perPatient,
      adjusted: holm(perPatient),
    };
  });
  return others.map((_, n) =>
    Object.fromEntries(
      tests.flatMap(({ id, perSlice, perPatient, adjusted }) => [
        [`${id}Slices`, perSlice[n]],
        [`${id}Patients`, perPatient[n]],
        [`${id}Holm`, adjusted[n]],
      ]),
    ),
  );
}

/** The row that others are held against, and in a sentence why it is not the one that one expects; null where it is. */
export interface Reference {
  row: RowScores;
  why: string | null;
}

/**
 * A row that has failed is none while there is another, for nothing can be held against it.
 * @param scores of the rows, in their order
 */
export function referenceOf(
  { options: { against } }: Pick<Bench, 'options'>,
  task: Task,
  rows: readonly RunsOfName[],
  scores: readonly RowScores[],
): Reference {
  const usable = rows.filter((_, n) => !isFailed(scores[n]));
  const found = referenceRow(usable.length > 0 ? usable : rows, against);
  const expected = against ?? METHODS.syndiff.label;
  const isThere = rows.some(({ name }) => name === expected);
  const isSynDiff = found.runs[0].card.network.method === METHODS.syndiff.id;
  const reason = () => {
    if (isThere) return `since ${expected} failed`;
    if (against !== undefined) return `since no row of it is called ${against}`;
    return isSynDiff
      ? "the first of SynDiff's models with scores"
      : 'the first row with scores, since no model of SynDiff has any';
  };
  return {
    row: scores[rows.indexOf(found)],
    why: found.name === expected ? null : `${taskText(task)} is held against ${found.name}, ${reason()}.`,
  };
}

export function testNotes({ row: own, why }: Reference): string[] {
  const patients = patientsOf(own.slices);
  return [
    ...(why === null ? [] : [why]),
    "Slices of one patient are not independent of each other: the column of slices is the paper's, that of patients (their means) is the one to go by; Holm adjusts it for all rows.",
    ...(patients > 0
      ? [`The least p that ${counted(patients, 'patient')} can give is ${pText(smallestP(patients))}.`]
      : []),
  ];
}
