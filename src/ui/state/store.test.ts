import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeClient, type FakeClient } from '../../../test/fakeClient';
import { createFakeTrainClient } from '../../../test/fakeTrainClient';
import { BadRequest, CorruptFile } from '../../errors';
import { takeSlice } from '../../volume/planes';
import { DEMOS } from '../rooms/translate/state/demos';
import {
  chosenCard,
  currentResults,
  currentSlice,
  inputWarnings,
  missingSlices,
  unscoredSlices,
} from '../rooms/translate/state/selectors';
import { type AppStore, createAppStore } from './store';

let client: FakeClient;
let store: AppStore;
let downloads: string[];

const file = (name: string) => new File(['x'], name);
const state = () => store.getState();
const act = () => store.getState().actions;
const texts = () => state().notices.map((notice) => notice.text);
/** The first pixel of the synthetic slice on the screen. */
const shownPixel = () => {
  const { made } = currentResults(state())!;
  const { index } = currentSlice(state())!;
  return takeSlice(made.voxels, made.view, index)[0];
};
const doneSlices = () => [...(currentResults(state())?.made.slices.keys() ?? [])].sort((a, b) => a - b);

/** Lets everything that waits only for resolved promises go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(async () => {
  client = createFakeClient();
  downloads = [];
  store = createAppStore({
    client,
    trainClient: createFakeTrainClient(),
    fetchDemo: async ({ name }) => file(name),
    download: (name) => downloads.push(name),
    now: () => new Date('2026-01-01T00:00:00Z'),
  });
  await act().start('auto');
});

describe('start', () => {
  it('takes the backend, the models and the first model', () => {
    expect(state().engine).toMatchObject({ phase: 'ready', requested: 'auto', info: { backend: 'webgpu' } });
    expect(chosenCard(state())?.id).toBe('T1w-FLAIR');
  });

  it('says why the engine did not start', async () => {
    client.failure = new Error('backend webgl: self-test failed, got error 0.3; choose wasm.');
    await act().start('webgl');
    expect(state().engine).toMatchObject({
      phase: 'failed',
      failure: 'backend webgl: self-test failed, got error 0.3; choose wasm.',
    });
    expect(texts()).toEqual(['backend webgl: self-test failed, got error 0.3; choose wasm.']);
    await act().start('wasm');
    expect(state().engine).toMatchObject({ phase: 'ready', failure: null });
  });

  it('says nothing of an account that was asked for of the engine before', async () => {
    const gone = new Error('engine: the engine was started again');
    const ask = (restarts: boolean) => {
      let lose = (_: Error) => {};
      client.diagnostics = () => new Promise((_, reject) => (lose = reject));
      const asked = act().diagnostics();
      const started = restarts ? act().start('wasm') : null;
      lose(gone);
      return Promise.all([asked, started]);
    };
    expect((await ask(true))[0]).toBeNull();
    expect(texts()).toEqual([]);
    await ask(false);
    expect(texts()).toEqual([gone.message]);
  });
});

describe('scans', () => {
  it('opens a scan on the slice with most head and picks the model of its contrast', async () => {
    await act().dropFiles([file('sub-01_FLAIR.nii.gz')]);
    expect(state().source?.name).toBe('sub-01_FLAIR.nii.gz');
    expect(state().view.slice).toBe(4);
    expect(state().cardId).toBe('FLAIR-T1w');
  });

  it('takes a second dropped scan as the reference, on the grid of the first', async () => {
    await act().dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    expect(client.log).toContain('matchGrid scan2 scan1');
    expect(state().reference).toMatchObject({ resampled: true, scan: { scanId: 'scan2' } });
  });

  it('keeps the chosen model where it takes the scan, and takes that of two dropped contrasts', async () => {
    const pair = (target: string) =>
      client.models().then(([card]) => ({ ...card, id: `T1w-${target}`, target }));
    store.setState({ models: [await pair('T2w'), await pair('FLAIR'), await pair('PDw')], cardId: null });
    await act().dropFiles([file('a_T1w.nii')]);
    expect(state().cardId).toBe('T1w-T2w');
    act().pickModel('T1w-PDw');
    await act().dropFiles([file('b_T1w.nii')]);
    expect(state().cardId).toBe('T1w-PDw');
    await act().dropFiles([file('c_T1w.nii'), file('c_FLAIR.nii')]);
    expect(state().cardId).toBe('T1w-FLAIR');
  });

  it('keeps what is open when a file is bad, and says what is wrong until dismissed', async () => {
    await act().openSource([file('good.nii')]);
    client.failure = new CorruptFile('bad.nii: header must hold 348 bytes, got 3; fetch it again.');
    await act().openSource([file('bad.nii')]);
    expect(state().source?.name).toBe('good.nii');
    expect(state().opening).toBeNull();
    const [notice] = state().notices;
    expect(notice).toMatchObject({ tone: 'error', text: expect.stringContaining('348 bytes') });
    act().dismiss(notice.id);
    expect(state().notices).toEqual([]);
  });

  it('opens the file that was dropped last, though one before it takes longer', async () => {
    let finish = () => {};
    client.reading = new Promise((resolve) => {
      finish = resolve;
    });
    const slow = act().openSource([file('slow.nii')]);
    client.reading = null;
    await act().openSource([file('quick.nii')]);
    expect(state()).toMatchObject({ source: { name: 'quick.nii' }, opening: null });
    finish();
    await slow;
    expect(state().source?.name).toBe('quick.nii');
    expect(client.log.at(-1)).toBe('closeScan scan1');
    expect(texts()).toEqual([]);
  });

  it('gives up a file that is being read, and keeps what is open', async () => {
    await act().openSource([file('good.nii')]);
    let finish = () => {};
    client.reading = new Promise((resolve) => {
      finish = resolve;
    });
    const both = act().dropFiles([file('slow_T1w.nii'), file('slow_FLAIR.nii')]);
    await vi.waitFor(() => expect(state().opening).toBe('source'));
    act().cancelReading();
    expect(state()).toMatchObject({ source: { name: 'good.nii' }, opening: null });
    finish();
    await both;
    expect(state()).toMatchObject({ source: { name: 'good.nii' }, reference: null });
    expect(client.log).not.toContain('openScan slow_FLAIR.nii');
    expect(texts()).toEqual([]);
  });

  it('refuses a file that is neither scan nor weights', async () => {
    await act().dropFiles([file('notes.txt')]);
    expect(texts()[0]).toMatch(/^notes\.txt: neither a scan nor weights/);
    await act().dropFiles([file('notes.txt'), file('a.png')]);
    expect(texts()[1]).toMatch(/^notes\.txt and 1 more: neither a scan nor weights/);
    expect(client.log).toEqual(['start auto']);
  });

  it('a new scan clears results and reference, closes the old scans and says so', async () => {
    await act().dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    await act().translate();
    await act().save('float32');
    await act().openSource([file('b_T1w.nii')]);
    expect(state()).toMatchObject({ reference: null, results: [] });
    expect(client.log).toEqual(expect.arrayContaining(['closeScan scan1', 'closeScan scan2']));
    expect(texts().at(-1)).toBe(
      'b_T1w.nii is open in place of a_T1w.nii, whose results are cleared and whose reference reference.nii is closed.',
    );
  });

  it('reads another volume of the same files', async () => {
    await act().openSource([file('four.nii')]);
    await act().openSource(state().sourceFiles, 2);
    expect(client.log.at(-2)).toBe('openScan four.nii volume 2');
  });
});

describe('how the source suits the model', () => {
  it('is asked for each pair of them, and a contrast that the name tells is said once', async () => {
    client.unsuited.push(
      { fault: 'contrast', text: 'Another contrast.' },
      { fault: 'skull', text: 'No skull.' },
    );
    await act().openSource([file('sub-01_T1w.nii')]);
    await settle();
    expect(inputWarnings(state())).toEqual(['Another contrast.', 'No skull.']);
    act().pickModel('FLAIR-T1w');
    expect(inputWarnings(state())).toEqual([]);
    await settle();
    expect(inputWarnings(state())).toEqual(['No skull.']);
    expect(client.checked).toEqual(['scan1 T1w', 'scan1 FLAIR']);
    act().removeSource();
    expect(inputWarnings(state())).toEqual([]);
  });
});

describe('translate', () => {
  beforeEach(() => act().openSource([file('a_T1w.nii')]));

  it('loads the weights once and does the visible slice', async () => {
    await act().translate();
    act().setSlice(2);
    await act().translate();
    expect(client.log.filter((line) => line.startsWith('loadModel'))).toEqual(['loadModel T1w-FLAIR']);
    expect(doneSlices()).toEqual([2, 4]);
    expect(state().run).toBeNull();
  });

  it('does slices with head, nearest to the visible one first, and skips those already made', async () => {
    await act().translate();
    act().setRange({ kind: 'head' });
    await act().translate();
    expect(client.log.at(-1)).toBe('translate 3,5,2,6,1');
    await act().translate();
    expect(texts().at(-1)).toBe('These slices are already translated with these settings.');
  });

  it('never shows an image under other settings, and shows it again under its own', async () => {
    await act().translate();
    expect(shownPixel()).toBe(4);
    act().setSettings({ seed: 1 });
    expect(currentSlice(state())).toBeNull();
    await act().translate();
    expect(shownPixel()).toBe(1004);
    act().recall(state().results[0].key);
    expect(state().settings.seed).toBe(0);
    expect(shownPixel()).toBe(4);
    act().pickModel('FLAIR-T1w');
    expect(currentSlice(state())).toBeNull();
  });

  it('fills one volume as slices come, and tells of each by a set of its own', async () => {
    act().setSettings({ samples: 2 });
    const sets = new Set<ReturnType<typeof currentResults>>();
    store.subscribe((now) => sets.add(currentResults(now)));
    act().setRange({ kind: 'head' });
    await act().translate();
    sets.delete(null);
    expect([...new Set([...sets].map((set) => set!.version))]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set([...sets].map((set) => set!.made)).size).toBe(1);
    const { made } = currentResults(state())!;
    expect([...made.done]).toEqual([0, 1, 1, 1, 1, 1, 1, 0]);
    expect([...made.slices.keys()]).toEqual([4, 3, 5, 2, 6, 1]);
    expect([...made.voxels]).toEqual([0, 1, 2, 3, 4, 5, 6, 0].flatMap((value) => Array(4).fill(value)));
  });

  it('keeps the results of three recipes', async () => {
    for (const seed of [0, 1, 2, 3]) {
      act().setSettings({ seed });
      await act().translate();
    }
    expect(state().results.map((set) => set.recipe.seed)).toEqual([1, 2, 3]);
    expect(texts()).toEqual([expect.stringMatching(/: 1 not saved slice of seed 0 went to make room\.$/)]);
  });

  it('takes the provenance that the engine sends', async () => {
    await act().translate();
    expect(currentResults(state())?.provenance.modelName).toBe('from the engine');
  });

  it('cancel keeps what is done, with a provenance of its own', async () => {
    let open = () => {};
    act().setRange({ kind: 'span', from: 3, to: 5 });
    const running = act().translate();
    await settle();
    expect(doneSlices()).toEqual([3, 4, 5]);
    await running;

    act().setSettings({ seed: 9 });
    client.gate = new Promise((resolve) => {
      open = resolve;
    });
    const cancelled = act().translate();
    await settle();
    act().cancel();
    expect(state().run?.isCancelling).toBe(true);
    open();
    await cancelled;
    expect(state().run).toBeNull();
    expect(doneSlices()).toEqual([]);
    expect(currentResults(state())?.provenance).toMatchObject({
      seed: 9,
      modelId: 'T1w-FLAIR',
      intensity: { target: { map: 'foreground-p99.5', low: 0, high: 20 } },
      backend: 'webgpu',
    });
    expect(texts().at(-1)).toBe('Cancelled: 0 of 3 slices are done.');
  });

  it('settings and model stand still while a run goes on', async () => {
    let open = () => {};
    client.gate = new Promise((resolve) => {
      open = resolve;
    });
    const running = act().translate();
    await settle();
    act().setSettings({ seed: 5 });
    act().pickModel('FLAIR-T1w');
    expect(state().settings.seed).toBe(0);
    expect(state().cardId).toBe('T1w-FLAIR');
    open();
    await running;
    expect(doneSlices()).toEqual([4]);
  });

  it('a scan that takes the place of the source in a run ends the run, and its late slices appear nowhere', async () => {
    let open = () => {};
    client.gate = new Promise((resolve) => {
      open = resolve;
    });
    const running = act().translate();
    await settle();
    const opening = act().openSource([file('b_T1w.nii')]);
    await settle();
    act().answerDrop('source');
    await opening;
    open();
    await running;
    expect(state().run).toBeNull();
    expect(state().results).toEqual([]);
    expect(texts()).toEqual(['b_T1w.nii is open in place of a_T1w.nii, whose results are cleared.']);
  });

  it('says what to do first', async () => {
    act().removeSource();
    await act().translate();
    expect(texts().at(-1)).toBe('Drop a scan first.');
  });
});

describe('demo', () => {
  const [flair] = DEMOS.filter(({ target }) => target === 'FLAIR');

  it('is one call from nothing to translated middle slices, with scores against the real contrast', async () => {
    await act().tryDemo(flair);
    await settle();
    expect(client.log.slice(1, 6)).toEqual([
      'openScan sub-openmsl12s1_T1w.nii.gz',
      'openScan sub-openmsl12s1_FLAIR.nii.gz',
      'matchGrid scan2 scan1',
      'loadModel T1w-FLAIR',
      'translate 4,3,5,2,6',
    ]);
    expect(currentSlice(state())?.index).toBe(4);
    expect(currentResults(state())!.scores.size).toBe(5);
    // Translate goes on with the rest of the head.
    expect(missingSlices(state())).toEqual([1]);
  });

  it('takes its own model, whichever is chosen, and a scan without reference', async () => {
    act().pickModel('FLAIR-T1w');
    await act().tryDemo({ ...flair, reference: null });
    expect(state()).toMatchObject({ cardId: 'T1w-FLAIR', reference: null });
    expect(currentResults(state())!.made.slices.size).toBe(5);
  });

  it('opens its scan and says so where no model of its contrasts ships', async () => {
    await act().tryDemo({ ...flair, label: 'T1w → CT', target: 'CT' });
    expect(state().source?.name).toBe(flair.scan.name);
    expect(texts().at(-1)).toMatch(/^T1w → CT: no model of these contrasts/);
    expect(state().results).toEqual([]);
  });

  it('waits for the engine', async () => {
    const early = createAppStore({
      client,
      trainClient: createFakeTrainClient(),
      fetchDemo: async ({ name }) => file(name),
      download: () => undefined,
      now: () => new Date(),
    });
    const started = early.getState().actions.start('wasm');
    await early.getState().actions.tryDemo(flair);
    await started;
    expect(currentSlice(early.getState())?.index).toBe(4);
  });
});

describe('scores', () => {
  it('come for every translated slice once there is a reference, beside those of a copy of the source', async () => {
    await act().dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    act().setRange({ kind: 'span', from: 3, to: 4 });
    await act().translate();
    await settle();
    const scores = currentResults(state())!.scores;
    expect(scores.get(4)!.synthetic.whole!.psnr).toBe(4);
    // The source's voxels count up, four a slice.
    expect(scores.get(4)!.copy.whole!.psnr).toBe(16);
    expect(unscoredSlices(state())).toEqual([]);
  });

  it('are dropped with the reference and made anew with another one', async () => {
    await act().dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    await act().translate();
    await settle();
    act().removeReference();
    expect(currentResults(state())!.scores.size).toBe(0);
    await act().openReference([file('b_FLAIR.nii')]);
    await settle();
    expect(client.log.at(-1)).toBe('score scan3 4');
    expect(currentResults(state())!.scores.size).toBe(1);
  });
});

describe('own weights', () => {
  it('are loaded and chosen wherever they are dropped', async () => {
    await act().dropFiles([file('content.pth')]);
    expect(state().cardId).toBe('T1w-T2w');
    expect(chosenCard(state())?.target).toBe('T2w');
  });

  it('are read again from their file after another model was used, for the engine holds one', async () => {
    await act().dropFiles([file('content.pth'), file('a.nii')]);
    await act().translate();
    act().pickModel('FLAIR-T1w');
    await act().translate();
    act().pickModel('T1w-T2w');
    act().setSlice(2);
    await act().translate();
    expect(client.log.filter((line) => line.startsWith('loadModel'))).toEqual([
      'loadModel content.pth',
      'loadModel FLAIR-T1w',
      'loadModel content.pth',
    ]);
  });

  it('wait for the end of a run', async () => {
    await act().openSource([file('a_T1w.nii')]);
    const running = act().translate();
    await act().addWeights([file('content.pth')]);
    await running;
    expect(texts()[0]).toMatch(/^content\.pth: weights can be loaded when the run has ended/);
    expect(client.log).not.toContain('loadModel content.pth');
  });
});

describe('what own weights are', () => {
  beforeEach(() => act().dropFiles([file('content.pth'), file('a.nii')]));

  it('is said by the user: the same file is loaded again, and the model and its place stay', async () => {
    await act().describeOwn('T1w-T2w', { source: 'PDw', pixelSize: 0.5 });
    expect(client.log.filter((line) => line.startsWith('loadModel'))).toEqual([
      'loadModel content.pth',
      'loadModel content.pth',
    ]);
    expect(chosenCard(state())).toMatchObject({
      source: 'PDw',
      target: 'T2w',
      preprocessing: { pixelSize: 0.5 },
    });
    expect(state().own['T1w-T2w'].settings).toEqual({ source: 'PDw', pixelSize: 0.5 });
    expect(texts().at(-1)).toBe('T1w to T2w: now PDw to T2w, 4 × 4 pixels of 0.5 mm, foreground-p99.5.');
  });

  it('never shows a result of other settings, and goes back to them with it', async () => {
    await act().describeOwn('T1w-T2w', { pixelSize: 0.5 });
    await act().translate();
    expect(doneSlices()).toEqual([4]);
    await act().describeOwn('T1w-T2w', { pixelSize: 2 });
    expect(currentResults(state())).toBeNull();
    await act().translate();
    expect(state().results).toHaveLength(2);

    await act().recall(state().results[0].key);
    expect(chosenCard(state())?.preprocessing.pixelSize).toBe(0.5);
    expect(state().own['T1w-T2w'].settings).toEqual({ pixelSize: 0.5 });
    expect(currentSlice(state())?.index).toBe(4);
    const before = client.log.length;
    await act().translate([3]);
    expect(client.log.slice(before)).toEqual(['translate 3']);
  });

  it('is still known when they are read again after another model was used', async () => {
    await act().describeOwn('T1w-T2w', { pixelSize: 0.5 });
    act().pickModel('FLAIR-T1w');
    await act().translate();
    act().pickModel('T1w-T2w');
    await act().translate();
    expect(currentResults(state())?.recipe.model.preprocessing.pixelSize).toBe(0.5);
    expect(chosenCard(state())?.preprocessing.pixelSize).toBe(0.5);
  });

  it('stays as it was when the engine refuses', async () => {
    const sentence = 'pixel size: must be from 0.1 to 10 mm, got 50';
    client.failure = new BadRequest(sentence);
    await act().describeOwn('T1w-T2w', { pixelSize: 50 });
    expect(texts().at(-1)).toBe(sentence);
    expect(chosenCard(state())?.preprocessing.pixelSize).toBe(1);
    expect(state().own['T1w-T2w'].settings).toBeUndefined();
    expect(state().opening).toBeNull();
  });

  it('stands still while a run goes on', async () => {
    const running = act().translate();
    await act().describeOwn('T1w-T2w', { pixelSize: 2 });
    await running;
    expect(chosenCard(state())?.preprocessing.pixelSize).toBe(1);
    expect(doneSlices()).toEqual([4]);
  });

  it('waits for a file that is being read, and says so', async () => {
    const opening = act().openSource([file('b.nii')]);
    await act().describeOwn('T1w-T2w', { pixelSize: 2 });
    expect(texts().at(-1)).toBe('A file is being read; apply again when it is open.');
    await opening;
    expect(chosenCard(state())?.preprocessing.pixelSize).toBe(1);
  });

  it('cannot be said of a shipped model', async () => {
    const before = client.log.length;
    await act().describeOwn('T1w-FLAIR', { pixelSize: 2 });
    expect(client.log).toHaveLength(before);
  });
});

describe('a model card', () => {
  it('goes to the engine with the weights that were dropped beside it', async () => {
    await act().dropFiles([file('card.json'), file('w.safetensors')]);
    expect(client.log.at(-1)).toBe('loadModel w.safetensors with card.json');
    expect(state().own['T1w-T2w'].card?.name).toBe('card.json');
    expect(state().cardId).toBe('T1w-T2w');
  });

  it('that cannot be read leaves its weights unloaded, which is told', async () => {
    client.failure = new CorruptFile('card.json: must be JSON, got "x"; fetch it again');
    await act().dropFiles([file('card.json'), file('w.pth')]);
    expect(texts()).toEqual([
      'card.json: must be JSON, got "x"; fetch it again',
      expect.stringMatching(/^w\.pth: not loaded, as its card could not be used; drop it without/),
    ]);
    expect(state().own).toEqual({});
  });

  it('may be chosen with its weights', async () => {
    await act().addWeights([file('w.pth'), file('model.JSON')]);
    expect(client.log.at(-1)).toBe('loadModel w.pth with model.JSON');
  });

  it.each([
    [['card.json'], /^card\.json: a model card must come with its one file of weights, got card\.json; drop/],
    [['card.json', 'a.pth', 'b.pth'], /got card\.json, a\.pth, b\.pth/],
    [['a.json', 'b.json', 'a.pth'], /^a\.json: .*got a\.json, b\.json, a\.pth/],
  ])('is refused with a sentence where it is not clear whose it is: %s', async (names, sentence) => {
    await act().dropFiles(names.map(file));
    expect(texts()).toEqual([expect.stringMatching(sentence)]);
    expect(client.log).toEqual(['start auto']);
  });

  it('is not looked for in the JSON that lies beside scans', async () => {
    await act().dropFiles(['a_T1w.nii', 'a_T1w.json', 'a_FLAIR.nii', 'a_FLAIR.json'].map(file));
    expect(state().source?.name).toBe('a_T1w.nii');
    expect(state().reference).not.toBeNull();
    expect(texts()).toEqual(['a_T1w.nii is the source, a_FLAIR.nii the reference.']);
  });
});

describe('save', () => {
  it('hands over the volume and its sidecar with the finished slices', async () => {
    await act().openSource([file('a_T1w.nii')]);
    await act().translate();
    const told = new Set<number | null>();
    const unsubscribe = store.subscribe(({ saving }) => told.add(saving));
    await act().save('int16');
    unsubscribe();
    expect([...told]).toEqual([0, 1, null]);
    expect(client.log.at(-1)).toBe('save int16 4');
    expect(downloads).toEqual(['out.nii.gz', 'out.json']);
  });
});

describe('a restart', () => {
  const sentence = 'The engine stopped (the GPU was lost). It goes on with wasm; finished slices are kept.';

  it('is told, and the backend that runs now is shown', async () => {
    client.restart(sentence, 'wasm');
    await settle();
    expect(state().notices[0]).toMatchObject({ tone: 'warn', text: sentence });
    expect(state().engine).toMatchObject({ phase: 'ready', info: { backend: 'wasm' } });
  });

  it('hides no finished slice, and each says which backend made it', async () => {
    await act().openSource([file('a_T1w.nii')]);
    await act().translate();
    client.restart(sentence, 'wasm');
    await settle();
    await act().translate([3]);
    const slices = currentResults(state())!.made.slices;
    expect([slices.get(4)!.backend, slices.get(3)!.backend]).toEqual(['webgpu', 'wasm']);
  });

  it("on another backend of the user's choice begins results of its own", async () => {
    await act().openSource([file('a_T1w.nii')]);
    await act().translate();
    await act().start('wasm');
    expect(currentResults(state())).toBeNull();
    await act().start('webgpu');
    expect(doneSlices()).toEqual([4]);
  });
});

it('keeps the slice inside the scan', async () => {
  await act().openSource([file('a.nii')]);
  act().stepSlice(100);
  expect(state().view.slice).toBe(7);
  act().stepSlice(-100);
  expect(state().view.slice).toBe(0);
});
