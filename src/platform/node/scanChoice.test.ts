import { describe, expect, it } from 'vitest';
import { CHOICE_CASES } from '../../../test/choiceCases';
import { chosenScans, refuseRivalPairs, refuseRivals } from './scanChoice';
import type { TrainingScan } from './trainingScans';

const scans = (...names: string[]): TrainingScan[] =>
  names.map((name) => ({ split: 'train', subject: name.split('_')[0], path: `/d/${name}.nii` }));
const nothing = () => undefined;

describe.each(CHOICE_CASES)('$what', ({ a, b, isPaired, asks, choice }) => {
  const [ofA, ofB] = [a, b].map((names) => scans(...names.map((name) => name.slice(0, -'.nii'.length))));
  const refuse = (listA: TrainingScan[], listB: TrainingScan[]) => {
    if (isPaired) refuseRivalPairs(listA, listB);
    else for (const list of [listA, listB]) refuseRivals(list, nothing);
  };

  it('asks, and takes what is chosen', () => {
    if (asks === null) refuse(ofA, ofB);
    else expect(() => refuse(ofA, ofB)).toThrow(asks);
    if (!choice) return;
    const { entity, value, kept } = choice;
    const chosen = chosenScans({ a: ofA, b: ofB }, { [entity]: [value] }, nothing);
    refuse(chosen.a, chosen.b);
    expect(chosen.a.map(({ path }) => path.replace('/d/', ''))).toEqual(kept);
    expect(chosen.b).toEqual(ofB);
  });
});

const T1W = scans('sub-1_acq-highres_T1w', 'sub-1_acq-lowres_T1w', 'sub-2_acq-highres_T1w');
const FLAIR = scans('sub-1_FLAIR', 'sub-2_FLAIR');
const RIVALS =
  'sub-1: must have one T1w scan a visit, got several that differ in acq (highres, lowres); choose one by --filter acq=highres';

it('refuses several images of a contrast and visit, and takes the one that a filter chooses', () => {
  expect(() => refuseRivals(T1W, nothing)).toThrow(RIVALS);
  expect(() => refuseRivalPairs(T1W, FLAIR)).toThrow(RIVALS);
  const said: string[] = [];
  const { a, b } = chosenScans({ a: T1W, b: FLAIR }, { acq: ['highres'] }, (text) => said.push(text));
  expect(a.map(({ path }) => path)).toEqual([T1W[0].path, T1W[2].path]);
  expect(b).toEqual(FLAIR);
  expect(said).toEqual(['sub-1_acq-lowres_T1w.nii: not acq=highres; left out by --filter']);
  refuseRivals(a, nothing);
  refuseRivalPairs(a, b);
});

it('takes repetitions, pairs them with their own, and says so of scans without pairs', () => {
  const runs = scans('sub-1_run-1_T1w', 'sub-1_run-2_T1w');
  const said: string[] = [];
  refuseRivals(runs, (text) => said.push(text));
  expect(said).toEqual([
    'sub-1: several T1w scans a visit, run (1, 2); all are taken, choose one by --filter run=1',
  ]);
  refuseRivalPairs(runs, scans('sub-1_run-2_FLAIR'));
  expect(() => refuseRivalPairs(runs, FLAIR)).toThrow('choose one by --filter run=1');
});

it('leaves pairs of one acquisition each as they are', () => {
  refuseRivalPairs(
    scans('sub-1_acq-a_T1w', 'sub-1_acq-b_T1w'),
    scans('sub-1_acq-b_FLAIR', 'sub-1_acq-a_FLAIR'),
  );
});
