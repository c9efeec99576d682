import { beforeEach, describe, expect, it } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../../../test/fakeTrainClient';

let made: TrainStore;
const train = () => made.store.getState().train;
const act = () => made.store.getState().actions.train;
const listed = () => train().volumes.map(({ added }) => `${added.role} ${added.name}`);
const addCalls = () => made.trainClient.log.filter((line) => line.startsWith('addVolume'));

beforeEach(async () => {
  made = await createTrainStore();
});

describe('adding', () => {
  it('reads one by one in the order of the names and says how far it is', async () => {
    const said: string[] = [];
    made.store.subscribe(({ train: { adding } }) => {
      if (adding) said.push(`${adding.done + 1} of ${adding.total}`);
    });
    await act().addFiles('trainA', dropped('sub-10_T1w.nii', 'sub-2_T1w.nii.gz', 'sub-2_T1w.json'));
    expect(listed()).toEqual(['trainA sub-2_T1w.nii.gz', 'trainA sub-10_T1w.nii']);
    expect([...new Set(said)]).toEqual(['1 of 2', '2 of 2']);
    expect(train().adding).toBeNull();
  });

  it('tells of a file that cannot be read and goes on with the others', async () => {
    made.trainClient.unreadable.add('b_T1w.nii');
    await act().addFiles('trainA', dropped('a_T1w.nii', 'b_T1w.nii', 'c_T1w.nii'));
    expect(listed()).toEqual(['trainA a_T1w.nii', 'trainA c_T1w.nii']);
    expect(made.texts()).toEqual([expect.stringMatching(/^b_T1w\.nii: header/)]);
  });

  it('takes of a folder of several contrasts those of its own, and all where no name tells', async () => {
    await act().addFiles('trainB', dropped('s/1_T1w.nii', 's/1_FLAIR.nii', 's/1_seg.nii'));
    await act().addFiles('trainA', dropped('t/one.nii', 't/two.nii'));
    expect(listed()).toEqual(['trainB 1_FLAIR.nii', 'trainA one.nii', 'trainA two.nii']);
  });

  it('sorts what is dropped beside the zones by the contrast in the name', async () => {
    await act().dropFiles(dropped('1_FLAIR.nii', '1_T1w.nii', 'unknown.nii'));
    expect(listed()).toEqual(['trainB 1_FLAIR.nii', 'trainA 1_T1w.nii']);
    expect(made.texts().at(-1)).toBe('unknown.nii: the name says neither T1w nor FLAIR; drop on A or on B.');
  });

  it('refuses a drop without any scan', async () => {
    await act().addFiles('valA', dropped('notes.txt'));
    expect(made.texts()[0]).toMatch(/^notes\.txt: no scan/);
    expect(addCalls()).toEqual([]);
  });

  it('names what is no scan beside scans, and takes all of a role off the list at once', async () => {
    await act().addFiles(
      'trainA',
      dropped('1_T1w.nii', '2_T1w.nii', 'notes.txt', '1_T1w.json', '._1_T1w.nii'),
    );
    await act().addFiles('trainB', dropped('s/1_FLAIR.nii', 's/notes.txt'));
    expect(made.texts()).toEqual(['notes.txt: no scan, left out.']);
    await act().removeVolumes('trainA');
    expect(listed()).toEqual(['trainB 1_FLAIR.nii']);
    expect(made.trainClient.held()).toEqual(['trainB 1_FLAIR.nii']);
  });

  it.each([
    ['trainA', '._a_T1w.nii.gz', /^\._a_T1w\.nii\.gz: only what macOS keeps/],
    [null, '._a_T1w.nii.gz', /^\._a_T1w\.nii\.gz: only what macOS keeps/],
    [null, '.DS_Store', /^\.DS_Store: a hidden file/],
    [null, '._w.pth', /^\._w\.pth: only what macOS keeps/],
    [null, 's/notes.txt', /^s\/notes\.txt: no scan/],
  ] as const)('says on %s what nothing is opened of: %s', async (role, path, sentence) => {
    const files = [{ file: new File([], path.split('/').at(-1)!), path }];
    await (role ? act().addFiles(role, files) : act().dropFiles(files));
    expect(made.texts()).toEqual([expect.stringMatching(sentence)]);
  });

  it('says all of one drop in one notice, which goes when the list is emptied', async () => {
    made.trainClient.warnings.push('Thin slices.', 'Few values.');
    await act().addFiles('trainA', dropped('1_T1w.nii', '1_T1_ce.nii', '1_seg.nii', 'notes.txt'));
    const { notices } = made.store.getState();
    expect(notices).toMatchObject([{ tone: 'warn', topic: 'trainA' }]);
    expect(notices[0].text.split('\n')).toEqual([
      'notes.txt: no scan, left out.',
      '1_T1w.nii: Thin slices.',
      '1_T1w.nii: Few values.',
      expect.stringMatching(/^1_T1_ce\.nii: taken with a contrast agent/),
      expect.stringMatching(/left out: 1_seg\.nii/),
    ]);
    await act().addFiles('trainB', dropped('1_FLAIR.nii'));
    await act().removeVolumes('trainA');
    expect(made.store.getState().notices).toMatchObject([{ topic: 'trainB' }]);
  });

  it('refuses while a run is open, which stays until it is read or done', async () => {
    await act().addFiles('trainA', dropped('1_T1w.nii'));
    await act().addFiles('trainB', dropped('1_FLAIR.nii'));
    const running = act().start();
    await expect.poll(() => train().phase).toBe('running');
    await act().dropFiles(dropped('2_T1w.nii', '2_FLAIR.nii'));
    expect(made.store.getState().notices).toMatchObject([
      { tone: 'warn', text: expect.stringMatching(/^2_FLAIR\.nii and 1 more: not added, as a run is open/) },
    ]);
    await act().stop();
    await running;
    await act().dropFiles(dropped('2_T1w.nii'));
    expect(made.texts().filter((text) => text.includes('not added'))).toEqual([]);
  });

  it('stops after the volume at work when cancelled', async () => {
    const stop = made.store.subscribe(({ train: { adding } }) => {
      if (adding?.done === 1) act().cancelAdding();
    });
    await act().addFiles('trainA', dropped('a.nii', 'b.nii', 'c.nii', 'd.nii'));
    stop();
    expect(listed()).toEqual(['trainA a.nii', 'trainA b.nii']);
  });

  it('removes a volume here and in the worker', async () => {
    await act().addFiles('trainA', dropped('a.nii', 'b.nii'));
    await act().removeVolume(train().volumes[0].added.volumeId);
    expect(listed()).toEqual(['trainA b.nii']);
    expect(made.trainClient.held()).toEqual(['trainA b.nii']);
  });

  it('asks no new worker to forget what it never held', async () => {
    await act().addFiles('trainA', dropped('a.nii'));
    made.trainClient.lose();
    await act().removeVolume(train().volumes[0].added.volumeId);
    expect(made.trainClient.log.some((line) => line.startsWith('removeVolume'))).toBe(false);
  });
});

describe('volumes that the worker does not hold', () => {
  it('are given again after a loss, before the next estimate', async () => {
    await act().addFiles('trainA', dropped('a.nii'));
    await act().addFiles('trainB', dropped('b.nii'));
    made.trainClient.lose();
    expect(made.trainClient.held()).toEqual([]);
    act().patchSettings({ batch: 2 });
    await settle();
    expect(made.trainClient.held()).toEqual(['trainA a.nii', 'trainB b.nii']);
    expect(train().estimate?.total).toBe(1000 * 64 * 64 * 2);
  });

  it('are cut again on another grid, and not for anything else', async () => {
    await act().addFiles('trainA', dropped('a.nii'));
    act().patchSettings({ seed: 9 });
    await settle();
    expect(addCalls()).toEqual(['addVolume trainA a.nii 64']);
    act().pickPreset('small');
    await settle();
    expect(addCalls().at(-1)).toBe('addVolume trainA a.nii 128');
    expect(made.trainClient.held()).toEqual(['trainA a.nii']);
  });

  it('are taken off the list when their file cannot be read again', async () => {
    await act().addFiles('trainA', dropped('a.nii', 'b.nii'));
    made.trainClient.unreadable.add('a.nii');
    act().pickPreset('small');
    await settle();
    expect(listed()).toEqual(['trainA b.nii']);
    expect(made.texts()).toContain('a.nii: cannot be read again and is taken off the list.');
  });

  it('stay on the list when the worker is lost again meanwhile, and are given at the next try', async () => {
    await act().addFiles('trainA', dropped('a.nii', 'b.nii'));
    made.trainClient.isFatal = true;
    act().pickPreset('small');
    await settle();
    expect(listed()).toEqual(['trainA a.nii', 'trainA b.nii']);
    expect(train().adding).toBeNull();
    made.trainClient.isFatal = false;
    act().patchSettings({ seed: 2 });
    await settle();
    expect(made.trainClient.held()).toEqual(['trainA a.nii', 'trainA b.nii']);
  });
});

describe('the phantom', () => {
  it('draws a set that is there again instead of beside it', async () => {
    await act().tryPhantoms();
    const once = listed();
    await act().tryPhantoms();
    expect(listed()).toEqual(once);
    expect(made.trainClient.held()).toHaveLength(once.length);
  });

  it('fills the room: T1w and FLAIR, three to train on and one pair, the tiny preset', async () => {
    act().pickPreset('base');
    act().setContrast('a', 'CT');
    await act().tryPhantoms();
    expect(train().settings).toMatchObject({ preset: 'tiny', contrasts: { a: 'T1w', b: 'FLAIR' } });
    const count = (role: string) => train().volumes.filter(({ added }) => added.role === role).length;
    expect(['trainA', 'trainB', 'valA', 'valB'].map(count)).toEqual([3, 3, 1, 1]);
  });

  it('is drawn again in another contrast, without what was removed', async () => {
    await act().tryPhantoms();
    await act().removeVolume(train().volumes[0].added.volumeId);
    act().setContrast('b', 'T2w');
    await settle();
    expect(made.trainClient.log).toContain('addPhantoms T1w T2w 64');
    expect(train().volumes).toHaveLength(7);
    expect(made.trainClient.held()).toHaveLength(7);
  });
});

/** Lets everything that waits only for resolved promises go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
