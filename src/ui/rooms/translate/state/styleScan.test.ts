/** A style off a scan: read by the chosen model once, part of what decides a result, and no other model's. */
import { beforeEach, expect, it } from 'vitest';
import { type FakeClient, fakeCard } from '../../../../../test/fakeClient';
import { createTrainStore } from '../../../../../test/fakeTrainClient';
import { munitCard, WITH_ENCODER, WITHOUT_ENCODER } from '../../../../../test/tinyMunit';
import type { AppStore } from '../../../state/store';
import { noiseFor, samplesFor } from './recipe';
import { chosenCard, currentRecipe, currentResults } from './selectors';

let client: FakeClient;
let store: AppStore;
const state = () => store.getState();
const file = (name: string) => new File(['x'], name);

const { network } = munitCard(WITH_ENCODER);
const munit = { ...fakeCard('T1w', 'FLAIR'), network };
const former = { ...munit, id: 'former', network: munitCard(WITHOUT_ENCODER).network };

beforeEach(async () => {
  ({ store, client } = await createTrainStore());
  store.setState({ models: [munit, former], cardId: munit.id });
  await state().actions.dropFiles([file('a_T1w.nii')]);
});

const told = () => state().notices.at(-1)?.text;

it('is read, told and chosen; results by it are others, one sample, and come back with their settings', async () => {
  state().actions.setSettings({ samples: 4 });
  await state().actions.openStyle([file('b_FLAIR.nii')]);
  expect(client.log.slice(-4)).toEqual([
    'openScan b_FLAIR.nii',
    `loadModel ${munit.id}`,
    'readStyle scan2',
    'closeScan scan2',
  ]);
  expect(told()).toBe('b_FLAIR.nii: the next images have its style.');
  const style = { modelId: munit.id, source: 'style.nii', values: [1, -1] };
  expect(currentRecipe(state())).toMatchObject({ noise: 'given', style, samples: 1 });
  await state().actions.translate([4]);
  const { key, provenance } = currentResults(state())!;
  expect(provenance).toMatchObject({ noise: 'given', style, samples: 1 });

  state().actions.setSettings({ noise: 'shared' });
  expect(currentRecipe(state())?.style).toBeUndefined();
  expect(currentRecipe(state())?.samples).toBe(4);
  expect(currentResults(state())).toBeNull();
  state().actions.setSettings({ style: { ...style, values: [1, 0] } });
  await state().actions.recall(key);
  expect(currentResults(state())?.key).toBe(key);
});

it('falls away with another model, and with what the user says anew of own weights', async () => {
  await state().actions.openStyle([file('b_FLAIR.nii')]);
  const noise = () => noiseFor(chosenCard(state()), state().settings);
  expect(noise()).toBe('given');
  state().actions.pickModel(former.id);
  expect(noise()).toBe('shared');
  expect(currentRecipe(state())).toMatchObject({ noise: 'shared' });
  state().actions.pickModel(munit.id);
  expect(noise()).toBe('given');
  expect(samplesFor(chosenCard(state()), noise(), 4)).toBe(1);
});

it('is told in a sentence where it cannot be read, and what was chosen stays', async () => {
  const { settings } = state();
  const { openStyle, pickModel } = state().actions;
  await openStyle([file('4d.nii')]);
  expect(told()).toBe('4d.nii: must be one volume, got 5; give a file of that volume alone');
  client.failure = new Error('b.nii: must show a head, got 0 in every voxel; choose another file');
  await openStyle([file('b.nii')]);
  expect(told()).toMatch(/^b\.nii: must show a head/);
  pickModel(former.id);
  await openStyle([file('b.nii')]);
  expect(told()).toMatch(/^former: must hold a style encoder/);
  expect(state().settings).toEqual(settings);
  expect(state().opening).toBeNull();
  pickModel(munit.id);
  await openStyle([file('odd_T1w.nii')]);
  expect(told()).toBe(
    [
      'odd_T1w.nii: the next images have its style.',
      'odd_T1w.nii: its name says T1w, but this model makes FLAIR: its style means little.',
      'odd_T1w.nii: The scan is odd.',
    ].join('\n'),
  );
});
