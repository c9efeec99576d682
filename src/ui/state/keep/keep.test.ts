/** What a tab has open is the same after a reload; what is removed leaves nothing; what goes wrong is a sentence. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../../test/fakeTrainClient';
import { type MemoryTab, memoryTab } from '../../../../test/memoryTab';
import { takeSlice } from '../../../volume/planes';
import { currentResults } from '../../rooms/translate/state/selectors';
import { unsavedSlices } from '../../rooms/translate/state/unsaved';
import { keepAcrossReloads } from '.';
import { INDEX } from './keeper';

let tab: MemoryTab;
const file = (name: string, text = name) => new File([text], name);
/** Lets the keeper write all that has changed. */
const written = () => new Promise((resolve) => setTimeout(resolve, 30));

/** A page in the tab, with whatever it brings back. */
async function page(): Promise<TrainStore> {
  const made = await createTrainStore();
  await keepAcrossReloads(made.store, async () => tab);
  return made;
}

const act = ({ store }: TrainStore) => store.getState().actions;
const kindsKept = () => [...tab.kept.values()].map((one) => (one instanceof Blob ? 'file' : 'bytes')).sort();

beforeEach(() => {
  tab = memoryTab();
});

describe('after a reload', () => {
  it('source, reference, settings and results are there, shown under the recipe that made them', async () => {
    const first = await page();
    await act(first).dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    act(first).setSettings({ seed: 7 });
    await act(first).translate([3, 5]);
    await act(first).save('float32');
    act(first).setSettings({ seed: 8 });
    await act(first).translate([2]);
    act(first).setSlice(2);
    act(first).setRange({ kind: 'span', from: 1, to: 3 });
    act(first).setMode('swipe');
    const before = first.store.getState();
    await written();

    const second = await page();
    const state = second.store.getState();
    expect(state.source?.name).toBe('a_T1w.nii');
    expect(await state.sourceFiles[0].text()).toBe('a_T1w.nii');
    expect(second.client.log).toEqual(
      expect.arrayContaining([
        'openScan a_T1w.nii volume 0',
        'openScan a_FLAIR.nii volume 0',
        'matchGrid scan2 scan1',
      ]),
    );
    expect(state.settings).toEqual(before.settings);
    expect(state.range).toEqual(before.range);
    expect(state.view).toMatchObject({ slice: 2, mode: 'swipe' });
    expect(state.results.map(({ made }) => [...made.done])).toEqual(
      before.results.map(({ made }) => [...made.done]),
    );
    const shown = currentResults(state)!;
    expect(shown.provenance).toEqual(currentResults(before)!.provenance);
    expect(takeSlice(shown.made.voxels, shown.made.view, 2)[0]).toBe(8002);
    expect(shown.made.slices.get(2)).toEqual(currentResults(before)!.made.slices.get(2));
    // What was saved still is.
    expect(unsavedSlices(state)).toBe(1);
    expect(second.texts().at(-1)).toBe('a_T1w.nii and 3 translated slices are back.');
    act(second).setSettings({ seed: 7 });
    expect([...currentResults(second.store.getState())!.made.slices.keys()]).toEqual([3, 5]);
  });

  it('own weights are read again with what was said of them, and their results are theirs', async () => {
    const first = await page();
    await act(first).dropFiles([file('w.pth'), file('a.nii')]);
    await act(first).describeOwn('T1w-T2w', { pixelSize: 0.5 });
    await act(first).translate();
    await written();
    const second = await page();
    const state = second.store.getState();
    expect(state.cardId).toBe('T1w-T2w');
    expect(state.own['T1w-T2w'].settings).toEqual({ pixelSize: 0.5 });
    expect(currentResults(state)?.own).toBe(state.own['T1w-T2w']);
    expect(currentResults(state)?.made.slices.size).toBe(1);
  });

  it("the Train room's volumes and settings are there, and the worker is given them when it is entered", async () => {
    const first = await page();
    await act(first).train.addFiles('trainA', dropped('x/1_T1w.nii', 'x/2_T1w.nii'));
    await act(first).train.addFiles('trainB', dropped('y/1_FLAIR.nii', 'y/4d_FLAIR.nii'));
    await act(first).train.pickVolume(first.store.getState().train.volumes[3].added.volumeId, 3);
    act(first).train.pickEntity('b', 'acq', ['highres']);
    act(first).train.patchSettings({ iterations: 77 });
    act(first).train.setEvery({ preview: 7 });
    const { settings } = first.store.getState().train;
    await written();

    const second = await page();
    const train = () => second.store.getState().train;
    expect(train().settings).toEqual(settings);
    expect(train()).toMatchObject({ every: { preview: 7 }, filters: { a: {}, b: { acq: ['highres'] } } });
    expect(train().volumes[3].added).toMatchObject({ volumeCount: 5, volume: 3 });
    expect(second.trainClient.held()).toEqual([]);
    await act(second).train.enter();
    expect(second.trainClient.held()).toEqual([
      'trainA 1_T1w.nii',
      'trainA 2_T1w.nii',
      'trainB 1_FLAIR.nii',
      'trainB 4d_FLAIR.nii',
    ]);
    expect(train().volumes[3].added.volume).toBe(3);
    expect(train().volumes.map(({ source }) => source.kind === 'files' && source.path)).toEqual([
      'x/1_T1w.nii',
      'x/2_T1w.nii',
      'y/1_FLAIR.nii',
      'y/4d_FLAIR.nii',
    ]);
  });

  it('weights that a training starts from are there', async () => {
    const first = await page();
    await act(first).train.openStart([file('w.pth')]);
    const { cardId } = first.store.getState().train.start;
    await written();
    const { start, ownStarts } = (await page()).store.getState().train;
    expect(start).toMatchObject({ cardId, sources: { aToB: { kind: 'file', file: { name: 'w.pth' } } } });
    expect(ownStarts[cardId!].source.file).toBe((start.sources.aToB as { file: File }).file);
  });

  it('a drop before all is back waits, so that it takes no place of what is not there yet', async () => {
    const first = await page();
    await act(first).dropFiles([file('a_T1w.nii')]);
    await act(first).translate();
    await written();
    const second = await createTrainStore();
    second.store.setState(({ engine }) => ({ engine: { ...engine, phase: 'starting' } }));
    const coming = keepAcrossReloads(second.store, async () => tab);
    await written();
    await act(second).dropFiles([file('b_T1w.nii')]);
    expect(second.texts()).toEqual([
      'What was open before the reload is coming back; drop again when it is there.',
    ]);
    await act(second).start('auto');
    await coming;
    expect(second.store.getState()).toMatchObject({ isReturning: false, source: { name: 'a_T1w.nii' } });
    expect(unsavedSlices(second.store.getState())).toBe(1);
  });

  it('a third page finds the same, and copies no file twice', async () => {
    const first = await page();
    await act(first).dropFiles([file('a_T1w.nii')]);
    await act(first).translate();
    await written();
    const names = [...tab.kept.keys()].sort();
    await page();
    await written();
    expect([...tab.kept.keys()].sort()).toEqual(names);
    const third = await page();
    expect(currentResults(third.store.getState())?.made.slices.size).toBe(1);
  });
});

it('scrolling writes nothing until it rests, and the slice on the screen comes back', async () => {
  const first = await page();
  await act(first).dropFiles([file('a_T1w.nii')]);
  await written();
  const put = vi.spyOn(tab, 'put');
  for (const slice of [1, 2, 3, 2, 1]) {
    act(first).setSlice(slice);
    await written();
  }
  expect(put).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(put).toHaveBeenCalledOnce());
  expect((await page()).store.getState().view.slice).toBe(1);
});

describe('what comes while one scrolls', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  async function translated() {
    const made = await page();
    await act(made).dropFiles([file('a_T1w.nii')]);
    await act(made).translate([3]);
    await pass(30);
    return { ...made, before: tab.kept.size };
  }

  it('is kept once it rests', async () => {
    const made = await translated();
    act(made).setSlice(2);
    await act(made).translate([5]);
    await pass(300);
    expect(tab.kept.size).toBe(made.before);
    await pass(130);
    expect(tab.kept.size).toBe(made.before + 1);
    await act(made).translate([6]);
    await pass(30);
    expect(tab.kept.size).toBe(made.before + 2);
  });

  it('is kept at once with a change of another kind, and where it never rests after 5 s', async () => {
    const made = await translated();
    act(made).setSlice(2);
    await act(made).translate([5]);
    act(made).setMode('swipe');
    await pass(30);
    expect(tab.kept.size).toBe(made.before + 1);
    for (let step = 0; step < 18; step++) {
      act(made).setSlice(step % 2);
      // The last slices of a run come, and one goes on.
      if (step < 9) await act(made).translate([6 + step]);
      await pass(300);
      expect(tab.kept.size > made.before + 1, `${step}`).toBe(step >= 17);
    }
  });
});

it('the chosen volumes of source and reference come back', async () => {
  const first = await page();
  await act(first).openSource([file('a4d_T1w.nii')], 2);
  await act(first).openReference([file('a4d_FLAIR.nii')], 3);
  await written();
  const { source, reference } = (await page()).store.getState();
  expect([source?.volumeIndex, reference?.scan.volumeIndex]).toEqual([2, 3]);
});

it('what is removed on the page leaves no copy', async () => {
  const made = await page();
  await act(made).dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
  await act(made).train.addFiles('trainA', dropped('1_T1w.nii'));
  await act(made).translate([3, 4]);
  await written();
  expect(kindsKept()).toEqual(['bytes', 'bytes', 'bytes', 'file', 'file', 'file']);
  act(made).removeReference();
  await act(made).train.removeVolume(made.store.getState().train.volumes[0].added.volumeId);
  await written();
  expect(kindsKept()).toEqual(['bytes', 'bytes', 'bytes', 'file']);
  act(made).removeSource();
  await written();
  expect([...tab.kept.keys()]).toEqual([INDEX]);
});

describe('what goes wrong', () => {
  const fill = async () => {
    const made = await page();
    await act(made).dropFiles([file('a_T1w.nii')]);
    await act(made).translate();
    await written();
  };
  const sliceName = () => [...tab.kept].find(([name, one]) => name !== INDEX && !(one instanceof Blob))![0];

  it.each([
    ['a damaged index', () => void tab.damaged.add(INDEX)],
    ['another version', () => void tab.kept.set(INDEX, new TextEncoder().encode('{"version":99}'))],
    ['no JSON', () => void tab.kept.set(INDEX, Uint8Array.of(1, 2))],
  ])('%s leaves what was kept to be downloaded or deleted, and the page works', async (_, damage) => {
    await fill();
    damage();
    const made = await page();
    tab.damaged.clear();
    expect(made.store.getState()).toMatchObject({ source: null, results: [], opening: null });
    expect(made.store.getState().leftovers).toMatchObject({ why: expect.stringMatching(/\w/), count: 1 });
    await act(made).openSource([file('b_T1w.nii')]);
    await written();
    expect(kindsKept()).toEqual(['bytes', 'bytes', 'file', 'file']);
    const zip = await made.store.getState().leftovers!.archive(new Date('2026-01-01'));
    expect(await zip.text()).toMatch(/kept\/1\.bin.*a_T1w\.nii/s);
    await act(made).answerLeftovers('delete');
    expect(made.store.getState().leftovers).toBeNull();
    expect(kindsKept()).toEqual(['bytes', 'file']);
    expect((await page()).store.getState().source?.name).toBe('b_T1w.nii');
  });

  it('a damaged file takes nothing else with it', async () => {
    const first = await page();
    await act(first).dropFiles([file('w.pth'), file('a_T1w.nii')]);
    await act(first).openReference([file('a_FLAIR.nii')]);
    const volumes = ['1_T1w.nii', '2_T1w.nii'].map((path) => ({ path, file: file(path) }));
    await act(first).train.addFiles('trainA', volumes);
    await written();
    for (const [name, one] of tab.kept) {
      if (!(one instanceof Blob) || !/w\.pth|FLAIR|1_T1w/.test(await one.text())) continue;
      tab.kept.set(name, new Blob(['damaged']));
    }
    const second = await page();
    const { source, reference, train } = second.store.getState();
    expect([source?.name, reference]).toEqual(['a_T1w.nii', null]);
    expect(train.volumes.map(({ added }) => added.name)).toEqual(['2_T1w.nii']);
    for (const name of ['w.pth', 'a_FLAIR.nii', '1_T1w.nii'])
      expect(second.texts()).toContainEqual(expect.stringContaining(`is back (${name}: must have`));
  });

  it.each([
    ['cut short', 'x'],
    ['of other bytes', 'A_T1w.nii'],
  ])('a file that is %s is a sentence, and the page works and keeps on', async (_, text) => {
    await fill();
    const [name] = [...tab.kept].find(([, one]) => one instanceof Blob)!;
    tab.kept.set(name, new Blob([text]));
    const made = await page();
    expect(made.texts()).toEqual([
      expect.stringMatching(/^Not all that was open before the reload is back \(a_T1w.+\); open it again\.$/),
    ]);
    expect(made.store.getState()).toMatchObject({ source: null, results: [], opening: null });
    await act(made).openSource([file('b_T1w.nii')]);
    await written();
    expect((await page()).store.getState().source?.name).toBe('b_T1w.nii');
  });

  it.each([
    ['damaged', () => void tab.damaged.add(sliceName())],
    ['missing', () => void tab.kept.delete(sliceName())],
  ])('of slices one of which is %s the others are back, with the reference', async (_, damage) => {
    const first = await page();
    await act(first).dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    await act(first).translate([1, 2, 3]);
    await written();
    damage();
    const made = await page();
    expect(currentResults(made.store.getState())?.made.slices.size).toBe(2);
    expect(made.store.getState().reference).not.toBeNull();
    expect(made.texts()).toEqual([
      '1 translated slice is not back (damaged or gone); Translate makes what is missing.',
      'a_T1w.nii and 2 translated slices are back.',
    ]);
  });

  it('a full quota is one quiet note; settings still come back', async () => {
    tab.isFull = true;
    const made = await page();
    await act(made).dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
    act(made).setSettings({ seed: 4 });
    await act(made).translate();
    await written();
    const notes = made.store.getState().notices.filter(({ text }) => text.includes('after a reload'));
    expect(notes).toMatchObject([
      { tone: 'info', text: 'a_T1w.nii: will not come back after a reload (the quota is full).' },
    ]);
    expect(currentResults(made.store.getState())?.made.slices.size).toBe(1);
    const second = await page();
    expect(second.store.getState()).toMatchObject({ source: null, settings: { seed: 4 } });
    expect(second.texts()).toEqual([]);
  });

  it('a browser that keeps nothing is told of when there is something to lose', async () => {
    const made = await createTrainStore();
    await keepAcrossReloads(made.store, async () => {
      throw new Error('storage is blocked');
    });
    expect(made.texts()).toEqual([]);
    await act(made).dropFiles([file('a_T1w.nii')]);
    expect(made.texts()).toEqual(['What is open: will not come back after a reload (storage is blocked).']);
  });
});
