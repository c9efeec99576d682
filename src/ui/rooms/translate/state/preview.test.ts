/** Models of many steps: a preview is what is made unless it is switched off, and nothing scores it. */
import { beforeEach, expect, it } from 'vitest';
import { type FakeClient, fakeCard } from '../../../../../test/fakeClient';
import { createTrainStore } from '../../../../../test/fakeTrainClient';
import { tinySettings } from '../../../../../test/tinyRun';
import { METHODS } from '../../../../engine/methods';
import type { AppStore } from '../../../state/store';
import { currentRecipe, currentResults, msPerStep, previewChoice } from './selectors';

let client: FakeClient;
let store: AppStore;
const state = () => store.getState();
const file = (name: string) => new File(['x'], name);

const settings = tinySettings({ method: 'ddpm' });
const { training } = METHODS.ddpm;
const long = {
  ...fakeCard('T1w', 'FLAIR'),
  network: training.network(settings),
  diffusion: training.diffusion(settings),
};

beforeEach(async () => {
  ({ store, client } = await createTrainStore());
});

it('has nothing to choose where the chain is short', () => {
  expect(previewChoice(state())).toBeNull();
});

it('makes a preview, which is marked and not scored, until it is switched off', async () => {
  store.setState({ models: [long] });
  await state().actions.dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
  expect(previewChoice(state())).toEqual({ steps: 50, of: 1000 });
  expect(msPerStep(state())).toBeNull();
  await state().actions.translate([4]);
  expect(client.log.at(-1)).toBe('translate 4 as a preview');
  expect(currentRecipe(state())).toMatchObject({ previewOf: 1000, model: { diffusion: { steps: 50 } } });
  expect(currentResults(state())?.scores.size).toBe(0);
  expect(msPerStep(state())).toBe(1 / 50);

  state().actions.setSettings({ preview: false });
  expect(currentResults(state())).toBeNull();
  await state().actions.translate([4]);
  expect(client.log).toContain('translate 4');
  expect(currentRecipe(state())?.previewOf).toBeUndefined();
  await expect.poll(() => currentResults(state())?.scores.size).toBe(1);

  const { key } = state().results[0];
  await state().actions.recall(key);
  expect(state().settings.preview).toBe(true);
});
