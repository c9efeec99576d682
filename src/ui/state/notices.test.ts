import { beforeEach, describe, expect, it } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../test/fakeTrainClient';
import { shownNotices } from './notices';

let made: TrainStore;
const act = () => made.store.getState().actions;
const texts = () => made.store.getState().notices.map(({ text }) => text);

beforeEach(async () => {
  made = await createTrainStore();
});

describe('notices', () => {
  it('keeps every failure and every warning until it is dismissed, and of infos the latest', () => {
    act().notify('error', 'failure');
    for (let n = 0; n < 30; n++) act().notify('warn', `warning ${n}`);
    for (let n = 0; n < 30; n++) act().notify('info', `info ${n}`);
    act().notify('error', 'another failure');
    expect(texts().filter((text) => text.startsWith('warning'))).toHaveLength(30);
    expect(texts().filter((text) => text.startsWith('info'))).toEqual(
      [26, 27, 28, 29].map((n) => `info ${n}`),
    );
    expect(texts()).toEqual(expect.arrayContaining(['failure', 'another failure']));
    act().dismissAll();
    expect(texts()).toEqual([]);
  });

  it('shows failures last, in the order in which they came', () => {
    act().notify('error', 'first');
    act().notify('warn', 'warning');
    act().notify('error', 'second');
    act().notify('info', 'info');
    const shown = shownNotices(made.store.getState().notices).map(({ text }) => text);
    expect(shown).toEqual(['info', 'warning', 'first', 'second']);
  });

  it('has the failure of the first of five dropped scans still there after the warnings of the others', async () => {
    made.trainClient.unreadable.add('a.nii');
    made.trainClient.warnings.push('thin slices', 'few values', 'odd spacing');
    await act().train.addFiles('trainA', dropped('a.nii', 'b.nii', 'c.nii', 'd.nii', 'e.nii'));
    expect(texts()).toHaveLength(4);
    expect(shownNotices(made.store.getState().notices).at(-1)).toMatchObject({
      tone: 'error',
      text: expect.stringMatching(/^a\.nii: /),
    });
  });
});
