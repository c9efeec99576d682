import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeClient, type FakeClient, fakeCard } from '../../../../../test/fakeClient';
import { createFakeTrainClient } from '../../../../../test/fakeTrainClient';
import { CorruptFile, DeviceLost } from '../../../../errors';
import { type AppStore, createAppStore } from '../../../state/store';
import { translateBlock } from '../../translate/state/selectors';
import { leavingLoses } from '../../translate/state/unsaved';
import { comparisonJson } from './exports';
import { givenModels } from './modelFiles';
import { planPairs } from './pairPlan';
import { pictureGrid } from './pictureGrid';
import {
  chosenModels,
  compareBlock,
  isOutdated,
  modelsOfTask,
  remarksOf,
  shownPlace,
  tasks,
} from './selectors';

let client: FakeClient;
let store: AppStore;
/** The demo scans come once it is done. */
let fetching: Promise<void>;

const state = () => store.getState();
const compare = () => state().compare;
const act = () => state().actions.compare;
const texts = () => state().notices.map(({ text }) => text);
const dropped = (...paths: string[]) =>
  paths.map((path) => ({ file: new File([path], path.split('/').at(-1)!, { lastModified: 1 }), path }));
const pairIds = () => compare().pairs.map(({ id }) => id);

beforeEach(async () => {
  client = createFakeClient();
  fetching = Promise.resolve();
  store = createAppStore({
    client,
    trainClient: createFakeTrainClient(),
    fetchDemo: async ({ name }) => {
      await fetching;
      return new File(['x'], name);
    },
    download: () => undefined,
    now: () => new Date('2026-01-01T00:00:00Z'),
  });
  await state().actions.start('auto');
});

const PAIR = ['sub-01_T1w.nii', 'sub-01_FLAIR.nii'];

describe('pairs', () => {
  it('pairs what is dropped in any order by names, and says what is left out', async () => {
    await act().dropFiles(
      dropped(
        'b/sub-02_FLAIR.nii',
        'a/sub-01_T1w.nii',
        'b/sub-02_T1w.nii',
        'a/sub-01_FLAIR.nii',
        'sub-03_T1w.nii',
      ),
    );
    expect(pairIds()).toEqual(['sub-01', 'sub-02']);
    expect(texts().join()).toContain('sub-03_T1w.nii: no scan of the other contrast');
    expect(client.log).toContain('matchGrid scan2 scan1');
    // The same again is no other pair.
    await act().dropFiles(dropped('a/sub-01_T1w.nii', 'a/sub-01_FLAIR.nii'));
    expect(pairIds()).toHaveLength(2);
    // Of one name, size and time, in another person's folder.
    const theirs = (who: string) => dropped(`${who}/x_T1w.nii`, `${who}/x_FLAIR.nii`);
    await act().dropFiles(theirs('anna'));
    await act().dropFiles(theirs('bert'));
    expect(pairIds()).toEqual(['sub-01', 'sub-02', 'x', 'x (2)']);
    // By themselves, as from Translate.
    await act().dropFiles(theirs('bert').map(({ file }) => ({ file, path: file.name })));
    expect(pairIds()).toHaveLength(4);
  });

  it('refuses a pair whose source and reference are one image, and says so', async () => {
    await act().dropFiles(dropped('sub-01_T1w.nii', 'sub-01_acq-twice_FLAIR.nii'));
    expect(state().compare.pairs).toEqual([]);
    expect(state().notices.map(({ text }) => text)).toEqual([
      'sub-01_T1w.nii and sub-01_acq-twice_FLAIR.nii: source and reference must be two images, got the same in both; drop the real FLAIR',
    ]);
  });

  it('takes the task of which there are pairs', () => {
    const volumes = dropped('sub-01_T2w.nii', 'sub-01_T1w.nii').map(({ file, path }) => ({
      path,
      files: [file],
    }));
    const tasks = ['FLAIR', 'T2w'].map((target) => ({ source: 'T1w', target }));
    expect(planPairs(volumes, tasks)).toMatchObject({ task: { target: 'T2w' }, problem: null });
    expect(planPairs(volumes, tasks.slice(0, 1)).problem).toBe(
      'T1w and FLAIR: must be scans of one person, got 1 such as sub-01_T1w.nii and none of the other contrast; add that of the same subjects.',
    );
  });

  it.each([
    ['x.nii', /^x\.nii: the name must say T1w or FLAIR, got neither; name the scans/],
    [
      'sub-01_T1w_mask.nii',
      /^sub-01_T1w_mask\.nii: must be scans of T1w and FLAIR, got what is named a mask/,
    ],
    ['sub-01_FLAIR.nii', /^T1w and FLAIR: .*got 1 such as sub-01_FLAIR\.nii and none of the other/],
  ])('says of %s, dropped alone, why it is no pair', async (name, text) => {
    await act().dropFiles(dropped(name));
    expect(texts()).toEqual([expect.stringMatching(text)]);
  });

  it('asks which is which where names do not tell', async () => {
    const drop = act().dropFiles(dropped('one.nii', 'two.nii'));
    await expect.poll(() => state().pick?.paths).toEqual(['one.nii', 'two.nii']);
    state().actions.answerPick({ source: 1, reference: 0 });
    await drop;
    expect(compare().pairs[0]).toMatchObject({ source: { name: 'two.nii' }, reference: { name: 'one.nii' } });
  });

  it('goes on with the others where a scan cannot be read', async () => {
    client.failure = new CorruptFile('sub-01_T1w.nii: header must hold 348 bytes, got 3; fetch it again.');
    await act().dropFiles(dropped(...PAIR, 'sub-02_T1w.nii', 'sub-02_FLAIR.nii'));
    expect(pairIds()).toEqual(['sub-02']);
    expect(texts().join()).toContain('348 bytes');
  });

  it('tells of a pair whose scans are both broken both faults', async () => {
    const { openScan } = client;
    client.openScan = async (files, options) => {
      if (files[0].name.startsWith('sub-01'))
        throw new CorruptFile(`${files[0].name}: is empty; fetch it again.`);
      return openScan(files, options);
    };
    await act().dropFiles(dropped(...PAIR, 'sub-02_T1w.nii', 'sub-02_FLAIR.nii'));
    expect(pairIds()).toEqual(['sub-02']);
    // The latest is shown first.
    expect(texts()).toEqual(
      ['sub-01_FLAIR.nii', 'sub-01_T1w.nii'].map((name) => `${name}: is empty; fetch it again.`),
    );
  });

  it('says what is odd about a scan beside its pair, and what is none of the files', async () => {
    await act().dropFiles(dropped('odd_sub-01_T1w.nii', 'odd_sub-01_FLAIR.nii', 'notes.txt'));
    expect(compare().pairs[0].notes).toEqual(['Source: The scan is odd.']);
    expect(texts()).toEqual(['notes.txt: no scan, left out.']);
    await act().dropFiles(dropped('notes.txt'));
    expect(texts().at(-1)).toMatch(/^notes\.txt: must be scans, or weights/);
    const asking = act().dropFiles(dropped('one.nii', 'two.nii', 'list.txt'));
    await expect.poll(() => state().pick?.paths).toEqual(['one.nii', 'two.nii']);
    expect(texts()).toContain('list.txt: no scan, left out.');
    state().actions.answerPick(null);
    await asking;
  });

  it('waits for the volume of a file with several', async () => {
    await act().dropFiles(dropped('sub-01_desc-4d_T1w.nii', 'sub-01_FLAIR.nii'));
    expect(compareBlock(state())).toMatch(/must be one volume, got 5; choose one in its row/);
    await act().pickVolume(pairIds()[0], 'source', 2);
    expect(compareBlock(state())).toBeNull();
    expect(client.log).toContain('openScan sub-01_desc-4d_T1w.nii volume 2');
  });

  it('takes what is open in Translate, under scans of its own', async () => {
    await state().actions.dropFiles(dropped(...PAIR).map(({ file }) => file));
    await act().useTranslate();
    expect(compare().pairs[0]).toMatchObject({ id: 'sub-01', source: { scanId: 'scan3' } });
  });
});

describe('models', () => {
  it('adds own weights beside the others, and gives what cannot be read a sentence', async () => {
    client.failure = new CorruptFile('bad.safetensors: header must be JSON; fetch it again.');
    await act().addModels(dropped('a/bad.safetensors', 'b/good.safetensors', 'c/unknown.safetensors'));
    expect(compare().refused.map(({ reason }) => reason)).toEqual([
      'bad.safetensors: header must be JSON; fetch it again.',
      expect.stringContaining('must say which contrasts it translates'),
    ]);
    // Of the same weights as the shipped one in this fake, it is no other model.
    expect(texts().join()).toContain('there already, as SynDiff');
  });

  it('says of what is dropped with weights and belongs to none, that it is left out', async () => {
    client.readModel = async ({ kind, ...source }) => {
      throw new CorruptFile(
        `${kind === 'file' && 'file' in source ? source.file.name : ''}: broken; fetch it again.`,
      );
    };
    const strange = ['x.txt', 'card.json', 'a.png', '.DS_Store', 'folder/README.md'];
    await act().addModels(dropped('zero.safetensors', 'a.pth', ...strange));
    expect(compare().refused.map(({ name }) => name)).toEqual(['zero.safetensors', 'a.pth']);
    expect(texts()).toEqual([
      'x.txt and 1 more: neither weights nor their card, left out.\ncard.json: not the card of these weights, left out; drop each model with its card by itself.',
    ]);
    // Anywhere in the room, and with scans: what lies beside those is theirs.
    state().actions.dismissAll();
    await act().dropFiles(dropped('a.pth', 'card.json', 'x.txt', ...PAIR, 'sub-01_T1w.json'));
    expect(pairIds()).toEqual(['sub-01']);
    expect(texts()).toEqual(['x.txt: no scan, left out.']);
    state().actions.dismissAll();
    await act().dropFiles(dropped('a.pth', 'x.txt'));
    expect(texts()).toEqual(['x.txt: neither weights nor their card, left out.']);
  });

  it('refuses a model of noise alone', async () => {
    const card = fakeCard('T1w', 'FLAIR');
    client.readModel = async () => ({
      ...card,
      network: { ...card.network, num_channels: 1 } as typeof card.network,
    });
    await act().addModels(dropped('free.safetensors'));
    expect(compare()).toMatchObject({ own: [], refused: [{ name: 'free.safetensors' }] });
    expect(compare().refused[0].reason).toContain('got one that makes images of FLAIR of noise alone');
  });

  it('gives each model its card', async () => {
    const card = (file: string) => JSON.stringify({ weights: { file } });
    const cards: Record<string, string> = {
      'x.json': card('two.pth'),
      'y.json': card('one.pth'),
      'z.json': '{"a"',
    };
    const found = await givenModels(
      dropped('m/one.pth', 'm/two.pth', 'm/x.json', 'm/y.json', 'm/z.json', 'n/w.safetensors', 'n/card.json'),
      async ({ name }) => cards[name],
    );
    expect(found.models.map(({ file, card }) => [file.name, card?.name])).toEqual([
      ['one.pth', 'y.json'],
      ['two.pth', 'x.json'],
      ['w.safetensors', 'card.json'],
    ]);
  });

  it('tells models of one name apart, and leaves out what cannot be compared with the first', () => {
    const own = ['same', 'other'].map((id, n) => {
      const card = { ...fakeCard('T1w', 'FLAIR'), name: 'T1w to FLAIR, trained here (300 iterations)' };
      const intensity = n === 0 ? ('foreground-p99.5' as const) : ('foreground-median' as const);
      const sha256 = (n === 0 ? 'ab' : 'cd').repeat(32);
      return {
        ...{ id, name: card.name, from: 'here' as const, source: { kind: 'shipped' as const, id } },
        card: {
          ...card,
          weights: { ...card.weights, sha256 },
          preprocessing: { ...card.preprocessing, intensity },
        },
      };
    });
    store.setState({ compare: { ...compare(), own } });
    expect(modelsOfTask(state()).map(({ name }) => name)).toEqual([
      'SynDiff, shipped',
      'SynDiff, trained here (300 iterations)',
      'SynDiff, trained here (300 iterations) (2)',
    ]);
    const [first] = state().models;
    const network = { ...first.network, num_channels: 1 } as typeof first.network;
    store.setState({
      models: [
        { ...first, id: 'free', network },
        ...state().models,
        { ...first, id: 'free2', target: 'T1w', network },
      ],
    });
    expect(tasks(state())).toHaveLength(2);
    const { taken, refused } = chosenModels(state());
    expect(refused.get('free')).toContain('of noise alone and translates nothing');
    expect(taken.map(({ id }) => id)).toEqual(['T1w-FLAIR']);
    expect(refused.get('same')).toContain('not computed twice');
    expect(refused.get('other')).toContain('scaled by foreground-median');
  });
});

describe('a comparison', () => {
  it('needs pairs and models', async () => {
    expect(compareBlock(state())).toBe('Drop a scan and its reference first.');
    await act().dropFiles(dropped(...PAIR));
    act().toggleModel('T1w-FLAIR');
    expect(compareBlock(state())).toBe('Choose a model first.');
  });

  it('keeps what was done, and gives it again with the next start', async () => {
    await act().dropFiles(dropped(...PAIR, 'sub-02_T1w.nii', 'sub-02_FLAIR.nii'));
    await act().start();
    expect(client.log.at(-1)).toBe('compare quality: T1w-FLAIR on sub-01,sub-02, 6 slices, 0 kept');
    expect(compare()).toMatchObject({ run: null, reports: [{ suite: 'quality' }] });
    expect(compare().kept.size).toBe(1);
    expect(shownPlace(compare())).toEqual({ pairId: 'sub-01', index: 4 });
    expect(isOutdated(state())).toBe(false);
    act().setSlices(9);
    expect(isOutdated(state())).toBe(true);
    await act().start();
    expect(client.log.at(-1)).toBe('compare quality: T1w-FLAIR on sub-01,sub-02, 18 slices, 1 kept');
    // What has gone is neither shown nor taken for another scan's.
    act().removePair('sub-01');
    expect([...compare().made.values()].map(({ pairId }) => pairId)).toEqual(['sub-02']);
  });

  it('says and shows of what was removed since what it was, until the next start', async () => {
    const card = fakeCard('T1w', 'FLAIR');
    client.readModel = async () => ({
      ...card,
      id: 'mine',
      weights: { ...card.weights, sha256: 'cd'.repeat(32) },
    });
    await act().addModels(dropped('mine.safetensors'));
    await act().dropFiles(dropped(...PAIR, 'sub-02_desc-4d_T1w.nii', 'sub-02_desc-4d_FLAIR.nii'));
    await act().pickVolume(pairIds()[1], 'source', 2);
    await act().pickVolume(pairIds()[1], 'reference', 0);
    await act().start();
    const json = () => JSON.parse(comparisonJson(state(), { date: new Date(0), version: '1' }));
    const before = json();
    expect(before).toMatchObject({
      Models: [
        { Id: 'T1w-FLAIR' },
        { Id: 'mine', Method: 'syndiff', Steps: 4, WeightsSha256: 'cd'.repeat(32) },
      ],
      Pairs: [
        { Id: 'sub-01', Source: 'sub-01_T1w.nii', Reference: 'sub-01_FLAIR.nii' },
        { Source: 'sub-02_desc-4d_T1w.nii', SourceVolume: 2, ReferenceVolume: 0 },
      ],
      ...{ Seed: 0, Backend: 'webgpu' },
    });
    const [, own] = compare().asked!.models;
    act().removeModel(own.id);
    act().removePair(pairIds()[1]);
    client.restart('The GPU was lost.', 'wasm');
    await vi.waitFor(() => expect(state().engine.info?.backend).toBe('wasm'));
    expect(json()).toEqual(before);
    const place = { pairId: 'sub-01', index: 4 };
    expect(pictureGrid(compare(), compare().asked!, place)[2]).toMatchObject({ id: own.id, image: {} });
    await act().start();
    expect(json()).toMatchObject({ Models: [{ Id: 'T1w-FLAIR' }], Backend: 'wasm' });
    expect([...compare().made.values()].map(({ of }) => of)).not.toContain(own.id);
  });

  it('keeps what is odd about a pair, though it is not looked at again, until its scans are others', async () => {
    const { compare: whole } = client;
    client.compare = async (request, options) => {
      const [{ id }] = request.pairs;
      if (request.kept.length === 0) options.onEvent({ remark: `${id}: T1w: much noise` });
      await whole(request, options);
    };
    await act().dropFiles(dropped(...PAIR));
    await act().start();
    await act().start();
    expect(remarksOf(compare())).toEqual(['sub-01: T1w: much noise']);
    const told = () => JSON.parse(comparisonJson(state(), { date: new Date(0), version: '1' })).Remarks;
    expect(told()).toEqual(['sub-01: T1w: much noise']);
    act().removePair('sub-01');
    expect(told()).toHaveLength(1);
    client.compare = whole;
    await act().dropFiles(dropped('other/sub-01_T1w.nii', 'other/sub-01_FLAIR.nii'));
    expect(told()).toBeUndefined();
  });

  it('can be cancelled, holds Translate meanwhile, and asks before the page is left', async () => {
    await act().dropFiles(dropped(...PAIR));
    let open = () => {};
    client.gate = new Promise((resolve) => {
      open = resolve;
    });
    const going = act().start();
    expect(translateBlock({ ...state(), source: {} as never })).toContain('A comparison goes on');
    expect(leavingLoses(state())).toBe(true);
    act().setSlices(9);
    expect(compare().slices).toBe(3);
    act().cancel();
    expect(compare().run?.isCancelling).toBe(true);
    open();
    await going;
    expect(compare().run).toBeNull();
    expect(leavingLoses(state())).toBe(false);
    expect(texts()).toEqual(['Cancelled: what is done is kept, and Start goes on from there.']);
  });

  it('keeps what is done where the worker is lost, says so, and can be started again', async () => {
    await act().dropFiles(dropped(...PAIR));
    const { compare: whole } = client;
    client.compare = async (request, options) => {
      await whole(request, options);
      throw new DeviceLost('The GPU was lost; start again.');
    };
    await act().start();
    expect(compare().run).toBeNull();
    expect(compare().kept.size).toBeGreaterThan(0);
    expect(texts()).toEqual(['The GPU was lost; start again.']);
    expect(compareBlock(state())).toBeNull();
    client.compare = whole;
    const { size } = compare().kept;
    await act().start();
    expect(client.log.at(-1)).toMatch(new RegExp(`, ${size} kept$`));
  });

  it('leaves the demo while it is fetched, at once, and does not start', async () => {
    fetching = new Promise(() => {});
    const going = act().tryIt();
    await vi.waitFor(() => expect(compare().opening).not.toBeNull());
    act().cancelReading();
    await going;
    expect([compare().opening, compare().pairs, compare().run]).toEqual([null, [], null]);
    expect(client.log.filter((line) => line.startsWith('compare'))).toEqual([]);
  });

  it('tries the demo with the models that ship, at one press', async () => {
    await act().tryIt();
    expect(client.log.at(-1)).toBe('compare quality: T1w-FLAIR on sub-openmsl12s1, 3 slices, 0 kept');
  });

  it('tries the demo that most models translate', async () => {
    const [flair] = state().models;
    const t2w = { ...flair, id: 'first', target: 'T2w' };
    const rival = { ...flair, id: 'rival', weights: { ...flair.weights, sha256: 'cd'.repeat(32) } };
    store.setState({ models: [t2w, flair, rival] });
    await act().tryIt();
    expect(compare().task).toEqual({ source: 'T1w', target: 'FLAIR' });
    expect(client.log.at(-1)).toContain('T1w-FLAIR,rival on sub-openmsl12s1');
  });
});
