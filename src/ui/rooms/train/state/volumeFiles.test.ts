import { describe, expect, it } from 'vitest';
import { dropped } from '../../../../../test/fakeTrainClient';
import { byContrast, ofContrast, volumesOf, weightsOf } from './volumeFiles';

describe('volumesOf', () => {
  it('orders by path, numbers by value, and leaves out what is no scan', async () => {
    const files = dropped('s/sub-10/a.nii.gz', 's/sub-9/a.nii', 's/sub-9/a.json', 'participants.tsv');
    expect((await volumesOf(files)).map(({ path }) => path)).toEqual(['s/sub-9/a.nii', 's/sub-10/a.nii.gz']);
  });

  it('finds a scan that no name claims by what it holds, in a folder only where it has no ending', async () => {
    const head = new Uint8Array(400);
    new DataView(head.buffer).setInt32(0, 348, true);
    const files = ['IM0001', 'old.bak', 'set/IM0002', 'set/old.nii.bak', 'set/notes'].map((path) => ({
      path,
      file: new File([path === 'set/notes' ? 'notes' : head], path),
    }));
    expect((await volumesOf(files)).map(({ path }) => path)).toEqual(['IM0001', 'old.bak', 'set/IM0002']);
  });

  it('keeps a .hdr with the .img of its own folder', async () => {
    const volumes = await volumesOf(dropped('1/t1.img', '2/t1.img', '1/t1.hdr', '2/t1.hdr'));
    expect(volumes.map(({ files }) => files.map(({ name }) => name))).toEqual([
      ['t1.img', 't1.hdr'],
      ['t1.img', 't1.hdr'],
    ]);
  });
});

describe('contrasts', () => {
  const taken = (choice: { taken: { path: string }[] }) => choice.taken.map(({ path }) => path);

  it('takes those that are named so, or all where none is', async () => {
    const volumes = await volumesOf(dropped('1_T1w.nii', '1_FLAIR.nii'));
    expect(ofContrast(volumes, 'FLAIR')).toMatchObject({
      taken: [{ path: '1_FLAIR.nii' }],
      texts: ['1 of 2 scans are named FLAIR and taken; left out: 1_T1w.nii.'],
    });
    const brats = await volumesOf(
      dropped('b/b_t1.nii', 'b/b_t1ce.nii', 'b/b_seg.nii', 'b/b_flair.nii', 'b/._b_t1.nii'),
    );
    expect(taken(ofContrast(brats, 'T1w'))).toEqual(['b/b_t1.nii']);
    const untold = ofContrast(await volumesOf(dropped('x1.nii', 'x2.nii', 'x2_seg.nii')), 'CT');
    expect(taken(untold)).toEqual(['x1.nii', 'x2.nii']);
    expect(untold.texts).toEqual(['1 of 3 scans are named as masks or maps and left out.']);
  });

  it('leaves out what this program has made, unless it is given alone', async () => {
    const [real, made] = ['1_FLAIR.nii', '2_desc-synth_FLAIR.nii'];
    const text = `${made}: made by this program, not scanned; `;
    const of = async (...names: string[]) => ofContrast(await volumesOf(dropped(...names)), 'FLAIR');
    const both = await of(real, made);
    expect([taken(both), both.texts[0]]).toEqual([[real], `${text}left out; give them alone to take them.`]);
    const alone = await of(made);
    expect([taken(alone), alone.texts]).toEqual([[made], [`${text}taken, as they are given alone.`]]);
    const sorted = byContrast(await volumesOf(dropped('1_T1w.nii', made)), { a: 'T1w', b: 'FLAIR' });
    expect(sorted.wanted.map(({ parts }) => parts.path)).toEqual(['1_T1w.nii']);
    expect(sorted.texts).toEqual(both.texts.slice(0, 1));
  });

  it('leaves out what lies in a folder of masks', async () => {
    const choice = ofContrast(await volumesOf(dropped('d/P1_T1.nii', 'd/masks/P1_T1.nii')), 'T1w');
    expect(taken(choice)).toEqual(['d/P1_T1.nii']);
  });

  it('refuses several contrasts of which none is the one that is meant, and says of one that it is another', async () => {
    const several = ofContrast(await volumesOf(dropped('b/b_t1.nii', 'b/b_t2.nii', 'b/b_flair.nii')), 'CT');
    expect(several).toEqual({
      taken: [],
      problem:
        'b/b_flair.nii: scans must be of one contrast, got FLAIR, T1w, T2w and none named CT; choose those of one, or name the contrast that is meant.',
      texts: [],
    });
    const other = ofContrast(await volumesOf(dropped('1_T1w.nii', '2_T1w.nii')), 'CT');
    expect(taken(other)).toHaveLength(2);
    expect(other.texts).toEqual(['1_T1w.nii and 1 more: named T1w, and taken as CT.']);
  });

  it('sorts a folder: both contrasts, not masks, not scans with an agent beside others', async () => {
    const of = (parts: { path: string }[]) => parts.map(({ path }) => path);
    const { wanted, unknown, labels, texts } = byContrast(
      await volumesOf(dropped('1_T1w.nii', '1_FLAIR.nii', '1_t1ce.nii', '1_mask.nii', '1_T2w.nii')),
      { a: 'T1w', b: 'FLAIR' },
    );
    expect(wanted.map(({ side, parts }) => `${side} ${parts.path}`)).toEqual([
      'b 1_FLAIR.nii',
      'a 1_T1w.nii',
    ]);
    expect(of(unknown)).toEqual(['1_T2w.nii']);
    expect(of(labels)).toEqual(['1_mask.nii']);
    expect(texts).toEqual([expect.stringMatching(/^1_t1ce.nii: taken with a contrast agent; left out/)]);
  });
});

it('weightsOf finds weights among other files', async () => {
  expect(weightsOf(dropped('a.nii', 'm.safetensors', 'card.json')).map(({ name }) => name)).toEqual([
    'm.safetensors',
  ]);
});
