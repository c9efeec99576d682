import { beforeEach, describe, expect, it } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../test/fakeTrainClient';
import { CorruptFile } from '../../errors';
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

  it('shows failures first, the latest before all', () => {
    act().notify('error', 'first');
    act().notify('warn', 'warning');
    act().notify('error', 'second');
    act().notify('info', 'info');
    const shown = shownNotices(made.store.getState().notices).map(({ text }) => text);
    expect(shown).toEqual(['second', 'first', 'warning', 'info']);
  });

  it('has the failure of the first of five dropped scans still there after the warnings of the others', async () => {
    made.trainClient.unreadable.add('a.nii');
    made.trainClient.warnings.push('thin slices', 'few values', 'odd spacing');
    await act().train.addFiles('trainA', dropped('a.nii', 'b.nii', 'c.nii', 'd.nii', 'e.nii'));
    expect(shownNotices(made.store.getState().notices)[0]).toMatchObject({
      tone: 'error',
      text: expect.stringMatching(/^a\.nii: /),
    });
    // All that is said of the others is one notice.
    expect(texts()).toHaveLength(2);
    expect(texts()[1].split('\n')).toEqual(
      ['thin slices', 'few values', 'odd spacing'].map((text) => `b.nii and 3 more of 4 scans: ${text}`),
    );
  });

  it('go with the drop that they are about, but for failures that nobody has read', async () => {
    const file = (name: string) => new File(['x'], name);
    const fail = async () => {
      made.client.failure = new CorruptFile('card.json: must be JSON, got "x"; fetch it again');
      await act().dropFiles([file('card.json'), file('w.pth')]);
    };
    await fail();
    expect(texts()).toHaveLength(2);
    await act().dropFiles([file('w.pth')]);
    expect(texts()).toEqual([expect.stringMatching(/^card\.json: /), expect.stringContaining('loaded.')]);
    act().markRead(made.store.getState().notices[0].id);
    await act().dropFiles([file('w.pth')]);
    expect(texts()).toEqual([expect.stringContaining('loaded.')]);
    act().dismissAll();

    const left = (name: string) => [`${name}_T1w.nii`, `${name}_dseg.nii`].map(file);
    await act().dropFiles(left('a'));
    expect(texts()).toEqual([expect.stringContaining('a_dseg.nii: named as masks')]);
    await act().dropFiles(left('b'));
    expect(texts().filter((text) => text.includes('dseg'))).toEqual([expect.stringContaining('b_dseg.nii')]);
    act().removeSource();
    expect(texts()).toEqual([]);
  });
});
