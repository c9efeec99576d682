/** A scan that is dropped clears nothing and stops nothing before it has been read and the user has said what it is. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../../../test/fakeTrainClient';
import { CorruptFile } from '../../../../errors';
import type { DropAnswer, DropZone } from '../../../state/types';
import { referenceNotes } from './selectors';
import { leavingLoses, modelLoss, referenceLoss, sourceLoss } from './unsaved';

let made: TrainStore;
const state = () => made.store.getState();
const act = () => state().actions;
const texts = () => made.texts();
const file = (name: string) => new File(['x'], name);
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const closed = () => made.client.log.filter((line) => line.startsWith('closeScan'));

/** A run that stands still until `end`. */
async function beginRun(): Promise<{ end(): Promise<void> }> {
  let open = () => {};
  made.client.gate = new Promise((resolve) => {
    open = resolve;
  });
  const running = act().translate();
  await settle();
  return {
    end: async () => {
      open();
      await running;
    },
  };
}

/** What is asked after this drop, and what the answer leads to. */
async function answered(dropping: Promise<void>, answer: DropAnswer) {
  await settle();
  const { question } = state();
  act().answerDrop(answer);
  await dropping;
  return question;
}

beforeEach(async () => {
  made = await createTrainStore();
});

describe('in a run', () => {
  let run: { end(): Promise<void> };
  beforeEach(async () => {
    await act().dropFiles([file('a_T1w.nii')]);
    run = await beginRun();
  });

  it.each([['source'], ['reference'], [undefined]] as const)(
    'a damaged scan dropped on %s leaves run, results and source, and is told',
    async (zone) => {
      made.client.failure = new CorruptFile('b.nii: is cut short; fetch it again');
      await act().dropFiles([file('b.nii')], zone);
      expect(state()).toMatchObject({ question: null, opening: null, reference: null });
      expect(state().source?.name).toBe('a_T1w.nii');
      expect(state().run?.isCancelling).toBe(false);
      expect(texts()).toEqual(['b.nii: is cut short; fetch it again']);
      await run.end();
      expect(state().results[0].made.slices.size).toBe(1);
    },
  );

  it('weights wait, which is told until it is read', async () => {
    await act().dropFiles([file('w.pth')], 'weights');
    expect(state().notices).toMatchObject([{ tone: 'warn', text: expect.stringMatching(/^w\.pth: /) }]);
    await run.end();
    expect(state().results[0].made.slices.size).toBe(1);
  });

  it('a good scan goes on with nothing until it is said what it is', async () => {
    const question = await answered(act().dropFiles([file('b_T1w.nii')]), 'cancel');
    expect(question).toMatchObject({ isSaid: false, canBeReference: true, scan: { name: 'b_T1w.nii' } });
    expect(state().source?.name).toBe('a_T1w.nii');
    expect(state().run?.isCancelling).toBe(false);
    expect(closed()).toEqual(['closeScan scan2']);
    await run.end();
    expect(state().results[0].made.slices.size).toBe(1);
  });

  it('as the reference it is laid on the grid, and the run goes on', async () => {
    await answered(act().dropFiles([file('b_FLAIR.nii')]), 'reference');
    expect(state().reference).toMatchObject({ scan: { scanId: 'scan2' } });
    expect(state().referenceFiles.map(({ name }) => name)).toEqual(['b_FLAIR.nii']);
    await run.end();
    expect(state().results[0].made.slices.size).toBe(1);
  });

  it('on the source what is asked is whether the run may end', async () => {
    const dropping = act().dropFiles([file('b_T1w.nii')], 'source');
    await settle();
    expect(state().question).toMatchObject({ isSaid: true, canBeReference: false });
    expect(sourceLoss(state())).toBe('This ends the run.');
    act().answerDrop('source');
    await dropping;
    expect(state().source?.name).toBe('b_T1w.nii');
    expect(state().run?.isCancelling).toBe(true);
    await run.end();
    expect(state()).toMatchObject({ run: null, results: [] });
  });

  it('a second scan takes the question of the first', async () => {
    const first = act().dropFiles([file('b_T1w.nii')]);
    await settle();
    const second = act().dropFiles([file('c_T1w.nii')]);
    await settle();
    expect(state().question?.scan.name).toBe('c_T1w.nii');
    await first;
    act().answerDrop('source');
    await second;
    expect(state().source?.name).toBe('c_T1w.nii');
    await run.end();
  });

  it('leaving the page asks', async () => {
    expect(leavingLoses(state())).toBe(true);
    await run.end();
  });
});

describe('with results', () => {
  beforeEach(async () => {
    await act().dropFiles([file('a_T1w.nii')]);
    await act().translate();
  });

  it('another source is asked for while they are not saved, and not any more when they are', async () => {
    expect(sourceLoss(state())).toBe('This clears 1 translated slice that is not saved.');
    expect(leavingLoses(state())).toBe(true);
    await answered(act().openSource([file('b_T1w.nii')]), 'cancel');
    expect(state().results).toHaveLength(1);
    await act().save('float32');
    expect(sourceLoss(state())).toBeNull();
    expect(leavingLoses(state())).toBe(false);
    await act().translate([2]);
    expect(sourceLoss(state())).toBe('This clears 2 translated slices that are not saved.');
    await act().save('float32');
    await act().openSource([file('b_T1w.nii')]);
    expect(state().source?.name).toBe('b_T1w.nii');
  });

  it('a scan dropped beside the zones is asked for even when they are saved', async () => {
    await act().save('float32');
    const question = await answered(act().dropFiles([file('b_FLAIR.nii')]), 'reference');
    expect(question).toMatchObject({ isSaid: false, canBeReference: true });
    expect(state().reference).not.toBeNull();
    expect(referenceLoss(state())).toBeNull();
  });

  it('two scans are source and reference together or not at all', async () => {
    const files = [file('b_T1w.nii'), file('b_FLAIR.nii')];
    expect(await answered(act().dropFiles(files), 'cancel')).toMatchObject({
      canBeReference: false,
      reference: 'b_FLAIR.nii',
    });
    expect(state()).toMatchObject({ source: { name: 'a_T1w.nii' }, reference: null });
    await answered(act().dropFiles(files), 'source');
    expect(state().source?.name).toBe('b_T1w.nii');
    expect(state().reference).not.toBeNull();
  });

  it('the scores of a reference are asked for', async () => {
    await act().openReference([file('b_FLAIR.nii')]);
    await settle();
    expect(referenceLoss(state())).toBe('The scores of 1 slice go with it.');
  });
});

it('a scan that takes the place of another of which nothing is made says so', async () => {
  await act().dropFiles([file('a_T1w.nii')]);
  expect(texts()).toEqual([]);
  await act().dropFiles([file('b_T1w.nii')]);
  expect(state().notices).toMatchObject([{ tone: 'info', text: 'b_T1w.nii is open in place of a_T1w.nii.' }]);
});

it('another volume of the source is told of only where something goes with the former', async () => {
  await act().openSource([file('a4d_T1w.nii')]);
  await act().openSource(state().sourceFiles, 1);
  expect(texts()).toEqual([]);
  await act().openReference([file('b_FLAIR.nii')]);
  await act().openSource(state().sourceFiles, 2);
  expect(texts()).toEqual([
    'a4d_T1w.nii (volume 2) is open in place of a4d_T1w.nii (volume 1), whose reference reference.nii is closed.',
  ]);
});

it('Remove on the source names the reference that goes with it', async () => {
  await act().dropFiles([file('a_T1w.nii'), file('a_FLAIR.nii')]);
  act().removeSource();
  expect(texts()).toEqual(['a_T1w.nii is removed, and its reference reference.nii with it.']);
});

it('a refused drop is told until it is read', async () => {
  await act().dropFiles([file('r_FLAIR.nii')], 'reference');
  made.store.setState({ isReturning: true });
  await act().dropFiles([file('a_T1w.nii')]);
  made.store.setState({ isReturning: false });
  expect(state().notices).toMatchObject([
    { tone: 'warn', text: expect.stringMatching(/^Drop the source scan first/) },
    { tone: 'warn', text: expect.stringMatching(/drop again when it is there/) },
  ]);
});

it('a damaged first scan of two opens neither, and both are told', async () => {
  await act().dropFiles([file('a_T1w.nii')]);
  made.client.failure = new CorruptFile('b_T1w.nii: is cut short; fetch it again');
  await act().dropFiles([file('b_T1w.nii'), file('b_FLAIR.nii')]);
  expect(state()).toMatchObject({ source: { name: 'a_T1w.nii' }, reference: null });
  expect(texts()).toEqual([
    'b_T1w.nii: is cut short; fetch it again',
    'b_FLAIR.nii: not opened, as the scan that was dropped with it was not.',
  ]);
});

describe('several scans at once', () => {
  const names = ['a_T1w.nii', 'a_FLAIR.nii', 'b_T1w.nii', 'c_T1w.nii'];
  const asked = async (answer: Parameters<ReturnType<typeof act>['answerPick']>[0], zone?: DropZone) => {
    const dropping = act().dropFiles(names.map(file), zone);
    await settle();
    const { pick } = state();
    act().answerPick(answer);
    await dropping;
    return pick;
  };
  const scans = () => [state().source?.name, state().referenceFiles[0]?.name];

  it('of several persons are asked for, and those that are chosen are opened', async () => {
    const pick = await asked({ source: 2, reference: null });
    expect(pick).toEqual({
      paths: ['a_FLAIR.nii', 'a_T1w.nii', 'b_T1w.nii', 'c_T1w.nii'],
      source: 1,
      reference: 0,
      why: 'the only two of one person whose contrasts a model here joins',
    });
    expect(scans()).toEqual(['b_T1w.nii', undefined]);
    expect(texts()).toEqual(['b_T1w.nii is the source. Not opened: a_FLAIR.nii, a_T1w.nii, c_T1w.nii.']);
    await asked({ source: 1, reference: 0 });
    expect(scans()).toEqual(['a_T1w.nii', 'a_FLAIR.nii']);
  });

  it('none of which is meant leave what is open', async () => {
    await act().dropFiles([file('old_T1w.nii')]);
    await asked(null);
    expect(scans()).toEqual(['old_T1w.nii', undefined]);
    expect(state().pick).toBeNull();
  });

  it('give way to what is dropped later, which is told', async () => {
    const dropping = act().dropFiles(names.map(file));
    await settle();
    await act().dropFiles([file('later_T1w.nii')]);
    await dropping;
    expect(scans()).toEqual(['later_T1w.nii', undefined]);
    expect(texts()).toEqual(['4 scans: not opened, as others were dropped.']);
  });

  it('on the reference are looked through for the partner of the source', async () => {
    await act().dropFiles([file('a_T1w.nii')]);
    await act().dropFiles([...names, 'a_dseg.nii'].map(file), 'reference');
    expect(scans()).toEqual(['a_T1w.nii', 'a_FLAIR.nii']);
    expect(texts()).toEqual([
      'a_FLAIR.nii is the reference. a_T1w.nii and 2 more: left out. a_dseg.nii: named as masks or segmentations, left out.',
    ]);
    await act().openSource([file('d_T1w.nii')]);
    expect(await asked({ source: null, reference: 2 }, 'reference')).toMatchObject({ source: null });
    expect(scans()).toEqual(['d_T1w.nii', 'b_T1w.nii']);
  });

  it('are taken by the contrasts of the chosen model, in either order, and what is left out is said', async () => {
    const files = ['a_dseg.nii', 'a_FLAIR.nii', 'a_T1w.nii'].map(file);
    act().pickModel('FLAIR-T1w');
    await act().dropFiles(files);
    expect(scans()).toEqual(['a_FLAIR.nii', 'a_T1w.nii']);
    expect(state().cardId).toBe('FLAIR-T1w');
    act().pickModel('T1w-FLAIR');
    act().dismissAll();
    await answered(act().dropFiles(files), 'source');
    expect(scans()).toEqual(['a_T1w.nii', 'a_FLAIR.nii']);
    expect(state().notices).toMatchObject([
      { tone: 'info', text: expect.stringMatching(/^a_T1w\.nii is open in place of a_FLAIR\.nii, whose/) },
      {
        tone: 'warn',
        text: 'a_T1w.nii is the source, a_FLAIR.nii the reference. a_dseg.nii: named as masks or segmentations, left out.',
      },
    ]);
  });
});

it.each<[string, (names: File[]) => Promise<void>]>([
  ['dropped on it', (files) => act().dropFiles(files.slice(1), 'reference')],
  ['dropped with its source', (files) => act().dropFiles(files)],
])(
  'a reference of several volumes says which it is, and another is opened and scored anew: %s',
  async (_, drop) => {
    await act().dropFiles([file('a_T1w.nii')]);
    await drop([file('a4d_T1w.nii'), file('a4d_FLAIR.nii')]);
    expect(state().reference?.scan).toMatchObject({ volumeCount: 5, volumeIndex: 0 });
    expect(referenceNotes(state())).toEqual([
      expect.stringMatching(/5 volumes.*this is volume 0, the others/),
    ]);
    await act().translate();
    await settle();
    const { log } = made.client;
    const scored = () => log.filter((line) => line.startsWith('score ')).length;
    const before = scored();
    await act().openReference(state().referenceFiles, 3);
    await settle();
    expect(log).toContainEqual('openScan a4d_FLAIR.nii volume 3');
    expect(referenceNotes(state())).toEqual([expect.stringContaining('this is volume 3')]);
    expect(scored()).toBe(before + 1);
    expect(state().results[0].scores.size).toBe(1);
  },
);

it('what is told of the source is not told again of the reference, but for its volume', async () => {
  await act().dropFiles([file('a4d_T1w.nii')]);
  await act().openReference([file('a4d_FLAIR.nii')]);
  expect(referenceNotes(state())).toHaveLength(1);
  made.store.setState(({ source, reference }) => ({
    source: source && { ...source, warnings: [...source.warnings, 'Slices are 8 mm apart.'] },
    reference: reference && {
      ...reference,
      scan: { ...reference.scan, warnings: ['Slices are 8 mm apart.', '1 voxel is NaN.'] },
    },
  }));
  expect(referenceNotes(state())).toEqual(['1 voxel is NaN.']);
});

it.each([
  [
    '._a.nii.gz',
    undefined,
    /^\._a\.nii\.gz: only what macOS keeps beside a\.nii\.gz.*drop a\.nii\.gz itself/,
  ],
  ['._a.nii.gz', 'source', /^\._a/],
  ['._a.nii.gz', 'reference', /^\._a/],
  ['._w.pth', 'weights', /^\._w\.pth: only what macOS/],
  ['.DS_Store', undefined, /^\.DS_Store: a hidden file/],
] as const)('%s alone, on %s, is told and not opened', async (name, zone, sentence) => {
  const { log } = made.client;
  const before = log.length;
  await act().dropFiles([file(name)], zone);
  expect(texts()).toEqual([expect.stringMatching(sentence)]);
  expect(log).toHaveLength(before);
});

it('own weights are taken off the list with what they made, and asked for while that is not saved', async () => {
  await act().dropFiles([file('w.pth'), file('a_T1w.nii')]);
  expect(modelLoss(state(), 'T1w-T2w')).toBeNull();
  await act().translate();
  expect(modelLoss(state(), 'T1w-T2w')).toBe('This clears 1 translated slice that is not saved.');
  act().removeModel('T1w-T2w');
  expect(state()).toMatchObject({ own: {}, loaded: {}, held: null, cardId: 'T1w-FLAIR', results: [] });
});

it('leaving the page asks while a training goes on', async () => {
  await act().train.addFiles('trainA', dropped('a_T1w.nii'));
  await act().train.addFiles('trainB', dropped('a_FLAIR.nii'));
  expect(leavingLoses(state())).toBe(false);
  const going = act().train.start();
  expect(leavingLoses(state())).toBe(true);
  await settle();
  act().train.pause();
  await going;
  expect(leavingLoses(state())).toBe(false);
});
