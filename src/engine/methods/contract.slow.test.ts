/** What every row of METHODS keeps, whatever it computes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { silentHooks } from '../../../test/silentHooks';
import { TINY_SIZE, tinyData, tinySettings } from '../../../test/tinyRun';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import { hashNormals, hashWeights } from '../hash';
import { encodeWeights } from '../models/convertWeights';
import { readWeights } from '../models/readWeights';
import { atOnce } from '../pieces';
import * as tf from '../tf';
import { loadCheckpoint, readCheckpointIndex } from '../training/checkpoint';
import { estimateMemory } from '../training/estimate';
import { disposeNetworks, networksOf, parametersOf, tensorsOf } from '../training/networks';
import { beginRun, exportRun, type RunHooks, resumeRun } from '../training/session';
import { startRun } from '../training/startRun';
import { trainedDirections } from '../training/trainedDirections';
import { translateImages } from '../training/translateImages';
import { PAPER_VARIANT } from '../training/variant';
import { translateSlices } from '../translateSlices';
import { METHOD_IDS, METHODS, type MethodId, methodOf } from '.';
import { parseNetwork } from './parseNetwork';
import { trainStepOf } from './trainStep';
import { loadTranslator } from './translator';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const EVERY = { preview: 0, validation: 0, checkpoint: 0 };
const RATES = { generators: 1e-3, discriminators: 1e-3 };
const IMAGES = [0, 1].map((n) => hashNormals(n, TINY_SIZE ** 2).map(Math.tanh));
const SLICES = IMAGES.map((pixels, index) => ({ index, pixels }));

const image = (values: Float32Array) => tf.tensor4d(values, [1, TINY_SIZE, TINY_SIZE, 1]);

/** DDPM's `ncsnpp` makes it another network, so that it is a row of its own. */
type Row = [name: string, method: MethodId, given: Record<string, number>];
const OTHER_NETWORKS: Partial<Record<MethodId, Row[2]>> = { ddpm: { ncsnpp: 0 } };
const ROWS: Row[] = [
  ...METHOD_IDS.map((id): Row => [id, id, OTHER_NETWORKS[id] ?? {}]),
  ["ddpm with SynDiff's U-Net", 'ddpm', { ncsnpp: 1, 'simple-loss': 0 }],
];

describe.each(ROWS)('method %s', (_, method, given) => {
  const { training } = METHODS[method];
  const variant = { ...PAPER_VARIANT, ...training.choices[0]?.patch };
  const usual = tinySettings({ method, iterations: 2, variant });
  // Unusual ones: what a checkpoint lost would show.
  const halved = Object.entries(usual.options).map(([id, value]) => [id, Math.max(1, Math.round(value / 2))]);
  const settings = { ...usual, options: { ...Object.fromEntries(halved), ...given } };
  const network = training.network(settings);
  // A chain of many steps is cut short: what it must keep it keeps with few.
  const ownDiffusion = training.diffusion(settings);
  const diffusion = { ...ownDiffusion, steps: Math.min(ownDiffusion.steps, 4) };
  const table = methodOf(network).table(network);
  const state = hashWeights(7, table);

  it('reads the network that a card tells of', () => {
    expect(network.method).toBe(method);
    expect(parseNetwork(JSON.parse(JSON.stringify(network)), 'card')).toEqual(network);
  });

  it('knows its weights by their names, and gives them back as they were', async () => {
    const bytes = encodeWeights({ state, config: network }, 'f32');
    const read = await readWeights({ name: 'saved', bytes });
    expect(read.config).toEqual(network);
    expect(new Map(read.state)).toEqual(new Map(state));
  });

  it('translates by the seed alone, an image for each of its frames', async () => {
    const translator = await loadTranslator({ network, diffusion }, state);
    expect(translator.frames).toEqual(methodOf(network).frames(diffusion));
    const translate = async (seed: number) => {
      const how = { seed, samples: 1, noise: 'shared' } as const;
      const made = [];
      for await (const slice of translateSlices(translator, SLICES, TINY_SIZE, how)) made.push(slice);
      return made;
    };
    const [first, again, other] = [await translate(1), await translate(1), await translate(2)];
    translator.dispose();
    expect(again).toEqual(first);
    expect(first[0].chain).toHaveLength(translator.frames.length);
    expect(first[0].chain.at(-1)).toEqual(first[0].mean);
    const isOther = other.some(({ mean }, n) => mean.some((v, p) => v !== first[n].mean[p]));
    expect(isOther).toBe(translator.random);
    expect(methodOf(network).draws ?? false).toBe(translator.random);
  });

  it('changes in one iteration the networks that learn, and no others; tells its losses; holds about what it says', async () => {
    const trainStep = await trainStepOf(method);
    const run = startRun(settings);
    const specs = networksOf(settings);
    expect([...run.networks.keys()]).toEqual(specs.map(({ name }) => name));
    const before = new Map(
      [...run.networks].map(([name, one]) => [name, parametersOf(one).map(({ id }) => id)]),
    );
    const images = { a: image(IMAGES[0]), b: image(IMAGES[1]) };
    const told: string[] = [];
    const { peakBytes } = await tf.profile(() => {
      const losses = atOnce(trainStep(run, images, RATES));
      told.push(...losses.keys());
      return [...losses.values()];
    });
    for (const { name, learns, averaged } of specs) {
      const one = run.networks.get(name)!;
      const kept = parametersOf(one).filter(({ id }, n) => id === before.get(name)![n]);
      expect(kept.length, name).toBe(learns ? 0 : before.get(name)!.length);
      expect(one.ema !== null, name).toBe(averaged);
    }
    const known = training.losses.map(({ name }) => name);
    expect(told.filter((name) => !known.includes(name))).toEqual([]);
    const { total } = estimateMemory(settings, { backend: 'cpu', largestBuffer: null, ownKernels: false }, 0);
    expect(peakBytes / total).toBeGreaterThan(1 / 4);
    expect(peakBytes / total).toBeLessThan(4);
    disposeNetworks(run.networks);
    tf.dispose([images.a, images.b]);
  });

  it('leaves the networks as they were, and nothing else, where an iteration is stopped', async () => {
    const trainStep = await trainStepOf(method);
    const run = startRun(settings);
    const images = { a: image(IMAGES[0]), b: image(IMAGES[1]) };
    // With averages and moments, as from the second iteration on.
    tf.dispose([...atOnce(trainStep(run, images, RATES)).values()]);
    run.step = 1;
    const numbers = () => tensorsOf(run.networks).map((tensor) => tensor.dataSync().slice());
    // Not by toEqual, which takes seconds of so many numbers.
    const areSame = (all: readonly tf.TypedArray[], others: readonly tf.TypedArray[]) =>
      all.length === others.length &&
      all.every((one, n) => one.every((value: number, i: number) => Object.is(value, others[n][i])));
    const updates = () => [...run.networks.values()].map(({ adam }) => adam?.updates);
    const [before, updated, { numTensors }] = [numbers(), updates(), tf.memory()];
    const whole = trainStep(run, images, RATES);
    let pieces = 0;
    let at = whole.next();
    for (; !at.done; at = whole.next()) pieces++;
    tf.dispose([...at.value.values()]);
    expect(pieces).toBeGreaterThan(3);
    const after = numbers();
    expect(areSame(after, before)).toBe(false);
    disposeNetworks(run.networks);

    const again = startRun(settings);
    tf.dispose([...atOnce(trainStep(again, images, RATES)).values()]);
    again.step = 1;
    run.networks = again.networks;
    // At the last moment most has changed.
    for (const stop of [Math.ceil(pieces / 2), pieces]) {
      const work = trainStep(run, images, RATES);
      for (let n = 0; n < stop; n++) expect(work.next().done).toBe(false);
      work.return(new Map());
      expect(areSame(numbers(), before), `${stop} of ${pieces}`).toBe(true);
      expect(updates()).toEqual(updated);
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    tf.dispose([...atOnce(trainStep(run, images, RATES)).values()]);
    expect(areSame(numbers(), after)).toBe(true);
    disposeNetworks(run.networks);
    tf.dispose([images.a, images.b]);
  });

  it('goes on after a stop to the same weights, and its models translate as the run does', async () => {
    const plan = { settings, start: [], every: EVERY };
    const facts = { volumes: { trainA: [], trainB: [], valA: [], valB: [] }, inputs: undefined };
    const made = { data: tinyData(4, 0), ...facts };
    const whole = new MemoryFiles();
    const stopped = new MemoryFiles();
    const onCheckpoint: RunHooks['onCheckpoint'] = ({ step }) => {
      if (step === 1) for (const [name, bytes] of whole.files) stopped.files.set(name, bytes);
    };
    const often = { ...plan, every: { ...EVERY, checkpoint: 1 } };
    const index = await beginRun(whole, often, made, silentHooks({ onCheckpoint }));
    expect((await readCheckpointIndex(whole))!.settings).toEqual(settings);
    expect((await readCheckpointIndex(stopped))!.step).toBe(1);
    await resumeRun(stopped, EVERY, silentHooks());
    for (const { file } of Object.values(index.networks))
      expect(stopped.files.get(file), file).toEqual(whole.files.get(file));

    for (const direction of trainedDirections(settings)) {
      const facts = { date: '2026-01-01', data: 'discs', licence: 'MIT' };
      const { card, weights, state } = await exportRun(whole, index, direction, facts);
      const read = await readWeights({ name: card.weights.file, bytes: weights });
      expect(new Map(read.state)).toEqual(new Map(state));
      expect(card.diffusion).toEqual(ownDiffusion);
      const translator = await loadTranslator({ ...card, diffusion }, read.state);
      const how = { seed: settings.seed, samples: 1, noise: 'shared' } as const;
      const exported = translateSlices(translator, SLICES, TINY_SIZE, how);
      const run = await loadCheckpoint(whole, index);
      for await (const wanted of translateImages(run, direction, IMAGES, {}, diffusion))
        expect((await exported.next()).value?.mean).toEqual(wanted);
      disposeNetworks(run.networks);
      translator.dispose();
    }
  });
});
