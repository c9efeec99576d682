import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../../../test/fakeTrainClient';
import { METHODS, type MethodId, type Network } from '../../../../engine/methods';
import { presetSettings, trainedDirections, withMethod } from '../../../../workers/train/settings';
import {
  backModels,
  frozenRWarning,
  misfitOf,
  relativeMap,
  runName,
  settingsProblem,
  startBlock,
  unpairedTexts,
  usedSources,
} from './selectors';
import { withPreset } from './settings';

let made: TrainStore;
const train = () => made.store.getState().train;
const act = () => made.store.getState().actions.train;

beforeEach(async () => {
  made = await createTrainStore();
});

describe('preset', () => {
  it('changes networks, grid and course, and keeps every other choice', () => {
    const options = { ...train().settings.options, 'weight-l1': 2, 'weight-cycle': 3 };
    const own = { ...train().settings, iterations: 77, seed: 5, options };
    const small = withPreset(own, 'small', false);
    const fresh = presetSettings('small', own.contrasts);
    expect(small).toEqual({ ...fresh, seed: 5, options });
  });
});

describe('start point', () => {
  it("takes a shipped model's contrasts, grid and network, and trains its direction alone", () => {
    act().pickStart('FLAIR-T1w');
    expect(train().start).toEqual({
      cardId: 'FLAIR-T1w',
      sources: { aToB: { kind: 'shipped', id: 'FLAIR-T1w' } },
    });
    expect(train().settings).toMatchObject({
      contrasts: { a: 'FLAIR', b: 'T1w' },
      size: 4,
      intensity: 'foreground-p99.5',
      variant: { direction: 'aToB' },
    });
  });

  it('takes a second model of the same network for the way back, and leaves it again', () => {
    act().pickStart('T1w-FLAIR');
    expect(backModels({ ...made.store.getState(), ...train() }).map(({ card }) => card.id)).toEqual([
      'FLAIR-T1w',
    ]);
    act().pickStartBack('FLAIR-T1w');
    const bToA = { kind: 'shipped', id: 'FLAIR-T1w' };
    expect(train().settings.variant.direction).toBe('both');
    expect(usedSources(train())).toEqual({ aToB: { kind: 'shipped', id: 'T1w-FLAIR' }, bToA });
    // One way alone has no network for it.
    act().patchVariant({ direction: 'aToB' });
    expect(usedSources(train())).toEqual({ aToB: { kind: 'shipped', id: 'T1w-FLAIR' } });
    act().pickStartBack(null);
    expect(train().start.sources).toStrictEqual({ aToB: { kind: 'shipped', id: 'T1w-FLAIR' } });
    act().pickStartBack('FLAIR-T1w');
    act().pickStart('FLAIR-T1w');
    expect(train().start.sources).toStrictEqual({ aToB: bToA });
  });

  it('keeps the intensity map that was chosen, whatever contrasts and preset', () => {
    act().patchSettings({ intensity: 'foreground-p99.5', pixelSize: 2 });
    act().setContrast('b', 'CT');
    expect(train().settings).toMatchObject({ intensity: { a: 'foreground-p99.5', b: 'hu' }, pixelSize: 2 });
    act().pickPreset('small');
    expect(train().settings.intensity).toEqual({ a: 'foreground-p99.5', b: 'hu' });
    expect(relativeMap(train().settings)).toBe('foreground-p99.5');
    expect(relativeMap({ intensity: 'hu' })).toBeNull();
  });

  it('goes back to random weights on the grid of the preset', () => {
    act().pickStart('FLAIR-T1w');
    act().pickStart(null);
    // No key at all: the client reads every source that is named.
    expect(train().start).toStrictEqual({ cardId: null, sources: {} });
    expect(train().settings).toMatchObject({ size: 64, variant: { direction: 'both' } });
  });

  it('reads own weights with their card, and gives both to the run', async () => {
    const [weights, card] = [new File(['w'], 'mine.pth'), new File(['{}'], 'card.json')];
    await act().openStart([card, weights]);
    expect(made.trainClient.log).toContain('readCard mine.pth with card.json');
    expect(train().start.sources.aToB).toEqual({ kind: 'file', file: weights, card });
    expect(train().settings.contrasts).toEqual({ a: 'T1w', b: 'T2w' });
  });

  it('leaves the model that Translate holds where it is', async () => {
    const { actions } = made.store.getState();
    await actions.addWeights([new File(['w'], 'held.pth')]);
    const { held, own, loaded } = made.store.getState();
    const asked = [...made.client.log];
    await act().openStart([new File(['w'], 'mine.pth')]);
    expect(train().start.cardId).toBe('T1w-T2w');
    expect(made.client.log).toEqual(asked);
    expect(made.store.getState()).toMatchObject({ held, own, loaded });
    expect(held).not.toBeNull();
  });

  it('can be picked again, and says what cannot be read', async () => {
    const file = new File(['w'], 'mine.pth');
    await act().openStart([file]);
    act().pickStart(null);
    act().pickStart('T1w-T2w');
    expect(train().start.sources.aToB).toEqual({ kind: 'file', file });
    made.trainClient.unreadable.add('text.pth');
    await act().openStart([new File([], 'text.pth')]);
    expect(made.texts().at(-1)).toMatch(/^text\.pth: must be weights/);
    expect(train()).toMatchObject({ start: { cardId: 'T1w-T2w' }, isReadingStart: false });
  });

  it('takes dropped weights as a start point', async () => {
    await act().dropFiles(dropped('mine.safetensors'));
    expect(train().start.cardId).toBe('T1w-T2w');
  });

  it('refuses two files of weights', async () => {
    await act().openStart([new File([], 'a.pth'), new File([], 'b.pth')]);
    expect(made.texts()[0]).toMatch(/^Start point: one file of weights/);
    expect(train().start.cardId).toBeNull();
  });
});

describe('what cannot start', () => {
  const misfit = () => startBlock(made.store.getState());
  const option = (id: string, value: number) =>
    act().patchSettings({ options: { ...train().settings.options, [id]: value } });

  const give = (network: Network) => {
    const models = made.store.getState().models.map((card) => {
      const preprocessing = { ...card.preprocessing, size: 64 };
      return { ...card, network, preprocessing };
    });
    made.store.setState({ models });
  };
  const networkOf = (method: MethodId) =>
    METHODS[method].training.network(withMethod(train().settings, method));

  it('is said as soon as the method or the direction is another', () => {
    give(networkOf('syndiff'));
    act().pickStart('FLAIR-T1w');
    expect(misfit()).toBe('Add volumes of FLAIR (A).');
    act().patchSettings({ method: 'ddpm' });
    expect(misfit()).toBe(
      'FLAIR to T1w: must be a denoising U-Net, got a diffusive generator; choose other weights, or SynDiff as the method',
    );
    act().patchSettings({ method: 'syndiff' });
    act().patchVariant({ direction: 'bToA' });
    expect(misfit()).toMatch(/got none of FLAIR to T1w; train that direction, too, or leave the model out$/);
    act().patchVariant({ direction: 'both' });
    expect(misfit()).toBe('Add volumes of FLAIR (A).');
  });

  it('names the option that makes another network', () => {
    give(networkOf('ddpm'));
    act().pickStart('T1w-FLAIR');
    expect(misfit()).toBe('Add volumes of T1w (A).');
    option('ncsnpp', 1);
    expect(misfit()).toMatch(/^T1w to FLAIR: must keep its network's "SynDiff's U-Net" off, got on/);
    expect(misfitOf(made.store.getState(), ['aToB'])).toBe(misfit());
    option('ncsnpp', 0);
    expect(misfitOf(made.store.getState(), ['aToB'])).toBeNull();
  });

  it('of R is read when it is chosen', async () => {
    const choose = (name: string) => act().setStartR('rAToB', { kind: 'file', file: new File(['r'], name) });
    await choose('r64.pth');
    expect(misfit()).toMatch(/^r64\.pth: must be the run's network \(ResNet, 16 base channels/);
    expect(misfitOf(made.store.getState(), ['rAToB'])).toBe(misfit());
    // What the variant does not have does not matter.
    act().patchVariant({ pairing: 'paired' });
    expect(misfit()).toBe('Add volumes of T1w (A).');
    act().patchVariant({ pairing: 'unpaired' });
    await choose('r16.pth');
    expect(misfit()).toBe('Add volumes of T1w (A).');
    await choose('g.pth');
    expect(misfit()).toMatch(/must be a non-diffusive ResNet generator, got a diffusive generator/);
    made.trainClient.unreadable.add('text.pth');
    await act().setStartR('rAToB', null);
    await choose('text.pth');
    expect(made.texts().at(-1)).toMatch(/^text\.pth: must be weights/);
    expect(train().start.sources).toStrictEqual({});
  });
});

it('reads weights of R again that come back with the page', async () => {
  const { settings, every, filters } = train();
  const source = { kind: 'file', file: new File(['r'], 'r64.pth') } as const;
  const start = { cardId: null, sources: { rBToA: source } };
  act().restore({ settings, every, filters, start, ownStarts: {}, volumes: [] });
  await vi.waitFor(() => expect(misfitOf(made.store.getState(), ['rBToA'])).toMatch(/^r64\.pth: must be/));
});

describe('contradictions', () => {
  it('are said in one sentence', () => {
    act().patchVariant({ pairing: 'paired' });
    act().patchSettings({ method: 'resnet' });
    // It has no pairs, and the switch goes with it.
    expect(train().settings.variant.pairing).toBe('unpaired');
    act().patchVariant({ pairing: 'paired' });
    expect(settingsProblem(train().settings)).toMatch(/choose unpaired/);
    expect(startBlock(made.store.getState())).toMatch(/choose unpaired/);
    act().patchVariant({ pairing: 'unpaired' });
    act().patchSettings({ method: 'syndiff' });
    act().setContrast('b', ' T1w ');
    expect(settingsProblem(train().settings)).toMatch(/must differ/);
  });

  it('of volumes that do not pair, and names those that are left out', async () => {
    await act().addFiles('trainA', dropped('a_T1w.nii', 'b_T1w.nii'));
    await act().addFiles('trainB', dropped('c_FLAIR.nii'));
    expect(startBlock(made.store.getState())).toBeNull();
    act().patchVariant({ pairing: 'paired' });
    expect(startBlock(made.store.getState())).toMatch(/^Paired training needs subjects with both contrasts/);
    await act().addFiles('trainB', dropped('b_FLAIR.nii'));
    expect(startBlock(made.store.getState())).toBeNull();
    expect(unpairedTexts(train(), 'train')).toEqual([
      'a_T1w.nii, c_FLAIR.nii: no scan of the other contrast is named as of the same subject and visit; left out',
    ]);
    act().patchVariant({ pairing: 'unpaired' });
    await act().addFiles('valA', dropped('d_T1w.nii'));
    expect(startBlock(made.store.getState())).toMatch(/^Validation needs subjects with both contrasts/);
    expect(unpairedTexts(train(), 'val')).toEqual([]);
  });

  it('of a pair whose scans do not lie in the same place', async () => {
    await act().addFiles('trainA', dropped('sub-1_T1w.nii'));
    await act().addFiles('trainB', dropped('sub-1_acq-far_FLAIR.nii'));
    expect(startBlock(made.store.getState())).toBeNull();
    act().patchVariant({ pairing: 'paired' });
    expect(startBlock(made.store.getState())).toMatch(
      /^sub-1_T1w\.nii, sub-1_acq-far_FLAIR\.nii: must lie on the same grid, .* up to 10 mm apart; resample one to the other first\.$/,
    );
    act().patchVariant({ pairing: 'unpaired' });
    await act().addFiles('valA', dropped('sub-2_T1w.nii'));
    await act().addFiles('valB', dropped('sub-2_acq-far_FLAIR.nii'));
    expect(startBlock(made.store.getState())).toMatch(/must lie on the same grid/);
  });

  it('of a subject who is trained on and scored', async () => {
    await act().addFiles('trainA', dropped('sub-1_T1w.nii'));
    await act().addFiles('trainB', dropped('sub-2_FLAIR.nii'));
    await act().addFiles('valA', dropped('sub-2_T1w.nii'));
    await act().addFiles('valB', dropped('sub-2_FLAIR.nii'));
    expect(startBlock(made.store.getState())).toMatch(
      /^sub-2 is among the training and the validation volumes/,
    );
  });

  it('of a volume without foreground', async () => {
    await act().addFiles('trainA', dropped('empty.nii'));
    expect(startBlock(made.store.getState())).toMatch(/^No slice of T1w \(A\)/);
  });
});

describe('without a source', () => {
  const begin = () => act().patchVariant({ pairing: 'unconditional' });

  it('is trained on A alone, of one contrast, whatever is on B and in the validation', async () => {
    act().setContrast('b', 'CT');
    await act().addFiles('trainB', dropped('sub-1_CT.nii'));
    await act().addFiles('valA', dropped('sub-2_T1w.nii'));
    begin();
    expect(startBlock(made.store.getState())).toBe('Add volumes of T1w (A).');
    await act().addFiles('trainA', dropped('sub-1_T1w.nii', 'sub-2_T1w.nii'));
    expect(startBlock(made.store.getState())).toBeNull();
    void act().start();
    await vi.waitFor(() => expect(train().run).not.toBeNull());
    const { settings, volumes } = train().run!;
    expect(settings).toMatchObject({
      contrasts: { a: 'T1w', b: 'T1w' },
      intensity: 'foreground-median',
      variant: { pairing: 'unconditional', direction: 'aToB' },
    });
    expect(volumes).toEqual({ trainA: ['sub-1_T1w.nii', 'sub-2_T1w.nii'], trainB: [], valA: [], valB: [] });
    expect(runName(settings)).toBe('T1w of noise alone');
  });

  it('keeps what B is for later, and goes on with a method that can have it', () => {
    act().setContrast('b', 'CT');
    begin();
    act().patchSettings({ method: 'ddpm' });
    expect(train().settings.variant.pairing).toBe('unconditional');
    expect(settingsProblem(train().settings)).toBeNull();
    act().patchSettings({ method: 'cgan' });
    expect(train().settings.variant.pairing).toBe('unpaired');
    expect(runName(train().settings)).toBe('T1w ↔ CT');
  });

  it('begins at random: a start model is left, and none is taken', async () => {
    act().pickStart('FLAIR-T1w');
    await act().setStartR('rAToB', { kind: 'file', file: new File([], 'r.pth') });
    begin();
    expect(train().start.cardId).toBeNull();
    expect(usedSources(train())).toEqual({});
    await act().openStart([new File(['w'], 'mine.pth')]);
    expect(made.texts().at(-1)).toMatch(/^mine\.pth: not taken, as a training without a source/);
    expect(train().start.cardId).toBeNull();
  });

  it('takes of a drop what is named as A', async () => {
    begin();
    await act().dropFiles(dropped('sub-1_T1w.nii', 'sub-1_FLAIR.nii'));
    expect(train().volumes.map(({ added }) => added.name)).toEqual(['sub-1_T1w.nii']);
    expect(made.texts().at(-1)).toBe('sub-1_FLAIR.nii: the name does not say T1w; drop on A.');
  });
});

it('warns of a frozen R that is random', async () => {
  act().patchVariant({ r: 'frozen' });
  expect(frozenRWarning(train())).toMatch(/stays random/);
  const file = new File([], 'r.pth');
  await act().setStartR('rAToB', { kind: 'file', file });
  expect(frozenRWarning(train())).not.toBeNull();
  await act().setStartR('rBToA', { kind: 'file', file });
  expect(frozenRWarning(train())).toBeNull();
});

it('does not validate on the way by chains of a thousand steps unless that is asked for', () => {
  const steps = (count: number) =>
    act().patchSettings({ diffusion: { ...train().settings.diffusion, steps: count } });
  const usual = train().every.validation;
  steps(1000);
  expect([usual > 0, train().every.validation]).toEqual([true, 0]);
  act().setEvery({ validation: 7 });
  act().patchSettings({ seed: 3 });
  expect(train().every.validation).toBe(7);
  steps(8);
  expect(train().every.validation).toBe(usual);
});

it('knows which directions a run makes', () => {
  const made = (variant: object) =>
    trainedDirections({ variant: { ...train().settings.variant, ...variant } });
  expect(made({})).toEqual(['aToB', 'bToA']);
  expect(made({ direction: 'bToA' })).toEqual(['bToA']);
  expect(runName(train().settings)).toBe('T1w ↔ FLAIR');
  act().patchVariant({ direction: 'bToA' });
  expect(runName(train().settings)).toBe('FLAIR → T1w');
});
