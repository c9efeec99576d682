/** A training client without an engine, for tests of the page's state: a run goes on as far as it is told. */
import { Aborted, DeviceLost } from '../src/errors';
import { type AppStore, createAppStore } from '../src/ui/state/store';
import type { ScreenImage } from '../src/volume/modelImage';
import { nameOfVolume } from '../src/volume/oneVolume';
import type { NewRun, TrainClient } from '../src/workers/train/client';
import type {
  AddedVolume,
  CardWords,
  Direction,
  MemoryEstimate,
  Preview,
  Role,
  RunHistory,
  StepReport,
  StoredRun,
  ToldHistory,
  TrainEvent,
  TrainSettings,
  UnreadableRun,
  Validation,
} from '../src/workers/train/protocol';
import { createFakeClient, type FakeClient, fakeCard } from './fakeClient';

export interface FakeTrainClient extends TrainClient {
  /** What was asked, in order: "addVolume trainA a_T1w.nii 64", "train run-…", "removeVolume page-1". */
  readonly log: string[];
  /** Names and roles of the volumes that the worker holds. */
  held(): string[];
  /** Files and runs of these names cannot be read. */
  readonly unreadable: Set<string>;
  /** What is told of every volume that is read. */
  readonly warnings: string[];
  /** The next volume that is added ends the worker, as one that is too large does. */
  isFatal: boolean;
  /** The estimate's answer is that this many bytes are too much; null: it fits. */
  limit: number | null;
  stored: StoredRun[];
  /** Stored runs that cannot be opened. */
  damaged: UnreadableRun[];
  /** The browser was asked to keep what is stored. */
  isKept: boolean;
  /** Of the model that was last taken out. */
  words: CardWords | undefined;
  /** Another tab gives its run back. */
  free: () => void;
  /** What is said of each history. */
  damage: string[];
  /** The run that goes on tells this many iterations more; with the last of them it ends. */
  advance(iterations: number): void;
  /** The worker dies, and with it the run and the volumes. */
  lose(): void;
}

interface Going {
  run: StoredRun;
  tell: (event: { history: ToldHistory } | TrainEvent) => void;
  end: (run: StoredRun) => void;
  fail: (error: Error) => void;
  every: NewRun['every'];
}

export function createFakeTrainClient(): FakeTrainClient {
  const log: string[] = [];
  const unreadable = new Set<string>();
  const warnings: string[] = [];
  const volumes = new Map<string, AddedVolume>();
  const histories = new Map<string, RunHistory>();
  let going: Going | null = null;
  let losses = 0;
  let phantomCount = 0;

  const forget = () => {
    losses += 1;
    volumes.clear();
  };
  const checkpoint = (): StoredRun => {
    const { run } = going!;
    client.stored = [...client.stored.filter(({ runId }) => runId !== run.runId), { ...run }];
    return { ...run };
  };
  const follow = (
    run: StoredRun,
    every: NewRun['every'],
    options: { onEvent?: (event: never) => void; signal?: AbortSignal },
  ): Promise<StoredRun> =>
    new Promise((resolve, reject) => {
      const finish = () => {
        going = null;
      };
      going = {
        run: { ...run },
        every,
        tell: (event) => options.onEvent?.(event as never),
        end: (stored) => {
          finish();
          resolve(stored);
        },
        fail: (error) => {
          finish();
          reject(error);
        },
      };
      const pause = () => {
        if (!going) return;
        if (going.run.step > 0) checkpoint();
        going.fail(new Aborted('train: cancelled'));
      };
      if (options.signal?.aborted) pause();
      else options.signal?.addEventListener('abort', pause);
    });

  const client: FakeTrainClient = {
    log,
    unreadable,
    warnings,
    isFatal: false,
    limit: null,
    stored: [],
    damaged: [],
    damage: [],
    isKept: false,
    words: undefined,
    free: () => {},
    get losses() {
      return losses;
    },
    held: () => [...volumes.values()].map(({ role, name }) => `${role} ${name}`),

    async start(backend) {
      const name = backend === 'auto' ? 'webgpu' : backend;
      return {
        backend: name,
        reason: 'Fake.',
        trials: [],
        adapter: null,
        features: [],
        limits: {},
        threads: null,
        selfTestError: 0,
        selfTestMs: 0,
      };
    },
    async addVolume({ volumeId, role, files, grid, volume }) {
      const { name } = files[0];
      log.push(`addVolume ${role} ${name} ${grid.size}`);
      if (client.isFatal) {
        forget();
        throw new DeviceLost('training: the worker stopped.');
      }
      if (unreadable.has(name))
        throw new Error(`${name}: header must hold 348 bytes, got 3; fetch it again.`);
      const added = { ...fakeVolume(volumeId, role, name, volume), warnings: [...warnings] };
      volumes.set(volumeId, added);
      return added;
    },
    async addPhantoms({ contrasts, subjects, validation, grid }) {
      log.push(`addPhantoms ${contrasts.a} ${contrasts.b} ${grid.size}`);
      const drawn: AddedVolume[] = [];
      for (const side of ['a', 'b'] as const)
        for (let n = 0; n < subjects; n++) {
          const kind = n < subjects - validation ? 'train' : 'val';
          phantomCount += 1;
          drawn.push(
            fakeVolume(
              `phantom-${phantomCount}`,
              `${kind}${side === 'a' ? 'A' : 'B'}`,
              `phantom-${n + 1}_${contrasts[side]}`,
            ),
          );
        }
      for (const added of drawn) volumes.set(added.volumeId, added);
      return drawn;
    },
    async removeVolume(volumeId) {
      log.push(`removeVolume ${volumeId}`);
      volumes.delete(volumeId);
    },
    async estimate(settings): Promise<MemoryEstimate> {
      log.push(`estimate ${settings.size}`);
      const total = 1000 * settings.size * settings.size * settings.batch;
      const fits = client.limit === null || total <= client.limit;
      return {
        parts: [
          { label: 'Parameters', bytes: 0.4 * total },
          { label: 'Activations', bytes: 0.6 * total },
        ],
        total,
        limit: client.limit,
        largestTensor: total / 10,
        largestBuffer: null,
        fits,
        sentence: fits ? 'It fits.' : 'Memory: too much for this machine; choose a smaller preset.',
      };
    },
    async train({ runId, settings, start, leftOut, every }, options) {
      log.push(
        `train ${runId}${Object.entries(start).map(([network, source]) => ` from ${network} ${source.kind}`)}`,
      );
      const names = (role: Role) =>
        [...volumes.values()]
          .filter((v) => v.role === role && !leftOut?.includes(v.volumeId))
          .map(({ name, volumeCount, volume }) => nameOfVolume(name, volumeCount, volume ?? 0));
      histories.set(runId, { steps: [], validations: [] });
      const date = '2026-01-01T00:00:00.000Z';
      return follow(
        {
          runId,
          settings,
          step: 0,
          started: date,
          saved: date,
          volumes: {
            trainA: names('trainA'),
            trainB: names('trainB'),
            valA: names('valA'),
            valB: names('valB'),
          },
          bytes: 1_000_000,
          inUse: false,
        },
        every,
        options,
      );
    },
    async resume({ runId, every }, options) {
      log.push(`resume ${runId}`);
      const run = client.stored.find((one) => one.runId === runId)!;
      const ended = follow(run, every, options);
      const { steps, validations } = historyOf(runId);
      going?.tell({
        history: {
          steps: steps.filter(({ step }) => step <= run.step),
          validations: validations.filter(({ step }) => step <= run.step),
          damage: client.damage,
        },
      });
      return ended;
    },
    async readCard({ file, card }) {
      log.push(`readCard ${file.name}${card ? ` with ${card.name}` : ''}`);
      if (unreadable.has(file.name)) throw new Error(`${file.name}: must be weights; choose another file.`);
      const of = fakeCard('T1w', 'T2w');
      // "r" and its width are the name of an R.
      const ngf = /^r(\d*)\./.exec(file.name)?.[1];
      if (ngf === undefined) return of;
      return { ...of, name: file.name, network: { method: 'resnet', ngf: Number(ngf || 16), n_blocks: 6 } };
    },
    async runs() {
      const readable = [...client.stored].sort((a, b) => b.saved.localeCompare(a.saved));
      return { readable, unreadable: [...client.damaged] };
    },
    async history(runId) {
      return { ...historyOf(runId), damage: client.damage };
    },
    async deleteRun(runId) {
      log.push(`deleteRun ${runId}`);
      client.stored = client.stored.filter((one) => one.runId !== runId);
      client.damaged = client.damaged.filter((one) => one.runId !== runId);
    },
    whenFree: (runIds) =>
      new Promise((resolve) => {
        log.push(`whenFree ${runIds.join(' ')}`);
        client.free = resolve;
      }),
    async runFiles(runId) {
      log.push(`runFiles ${runId}`);
      if (unreadable.has(runId)) throw new Error(`${runId}: must stay while the run is read; try again`);
      return [{ name: 'checkpoint.json', blob: new Blob(['{']) }];
    },
    async exportModel(runId, direction, words) {
      log.push(`exportModel ${runId} ${direction}`);
      client.words = words;
      const { contrasts } = client.stored.find((one) => one.runId === runId)!.settings;
      const [from, to] = direction === 'aToB' ? [contrasts.a, contrasts.b] : [contrasts.b, contrasts.a];
      const card = fakeCard(from, to);
      const file = `${card.id}.safetensors`;
      return {
        direction,
        card: { ...card, weights: { ...card.weights, file } },
        weights: new Uint8Array(8),
      };
    },
    async keepRuns(ask) {
      client.isKept ||= ask;
      return client.isKept;
    },
    close() {
      log.push('close');
      forget();
    },

    advance(iterations) {
      for (let n = 0; n < iterations && going; n++) {
        const { run, every } = going;
        run.step += 1;
        const { step, settings } = run;
        const history = historyOf(run.runId);
        const report = fakeStep(step, settings);
        history.steps.push(report);
        going.tell({
          step: report,
          progress: {
            step,
            iterations: settings.iterations,
            iterationsPerSecond: 2.5,
            remainingMs: (settings.iterations - step) * 400,
            memoryBytes: 123_000_000,
            compiling: step < 3,
          },
        });
        if (step % every.preview === 0)
          for (const preview of fakePreviews(step, settings)) going.tell({ preview });
        if (step % every.validation === 0) {
          const validation = fakeValidation(step);
          history.validations.push(validation);
          going.tell({ validation });
        }
        const isLast = step >= settings.iterations;
        if (step % every.checkpoint === 0 || isLast) {
          const stored = checkpoint();
          going.tell({ checkpoint: { step, bytes: stored.bytes } });
          if (isLast) going.end(stored);
        }
      }
    },
    lose() {
      forget();
      going?.fail(new DeviceLost('training: the worker stopped; resume the run from its last checkpoint.'));
    },
  };
  return client;

  function historyOf(runId: string): RunHistory {
    return histories.get(runId) ?? { steps: [], validations: [] };
  }
}

/** A disc on black as large as the slice share says. */
export function disc(size: number, share: number, brightness: number): ScreenImage {
  const pixels = Uint8Array.from({ length: size * size }, (_, n) => {
    const x = (2 * (n % size) + 1) / size - 1;
    const y = (2 * Math.floor(n / size) + 1) / size - 1;
    const r = Math.hypot(x / 0.8, y);
    return r > share ? 0 : r > 0.9 * share ? 230 : brightness * (0.7 + 0.3 * Math.cos(9 * r));
  });
  return { order: 'rows A-P, columns L-R', size, pixels };
}

/** Of a name with 4d in it there are five volumes. */
function fakeVolume(volumeId: string, role: Role, name: string, volume?: number): AddedVolume {
  const volumeCount = /4d/.test(name) ? 5 : 1;
  return {
    volumeCount,
    volume: volumeCount > 1 ? (volume ?? null) : 0,
    volumeId,
    role,
    name,
    sliceCount: 155,
    picked: /empty/.test(name) ? 0 : 24,
    thumbnail: disc(48, 0.9, role.endsWith('A') ? 150 : 90),
    // "copy7_x" is the image 7, whatever it is called.
    place: fakePlace(/far/.test(name) ? 10 : 0),
    print: /copy\d+/.exec(name)?.[0] ?? volumeId,
    warnings: [],
  };
}

/** @param away of the origin along x, mm */
function fakePlace(away: number): AddedVolume['place'] {
  const axis = { count: 48, scale: 1, offset: 8 };
  return {
    shape: [48, 48, 155],
    zooms: [1, 1, 1],
    affine: [
      [1, 0, 0, away],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ],
    plan: { size: 64, pixelSize: 1, foregroundCut: 0, i: axis, j: axis },
  };
}

function fakeStep(step: number, { variant }: TrainSettings): StepReport {
  const noise = (seed: number) => 0.3 * Math.sin(step * 12.9898 * seed) * Math.cos(step * 78.233);
  const fall = Math.exp(-step / 120);
  const losses: StepReport['losses'] = {
    l1: 0.1 + 0.5 * fall + 0.2 * noise(1) * fall,
    generator: 1.2 + 2 * fall + noise(2),
  };
  if (variant.adversarial)
    Object.assign(losses, {
      gDiffusive: 0.8 + 0.3 * fall + noise(3),
      gPatch: 0.7 + 0.4 * fall + noise(4),
      dDiffusiveReal: 0.6 + noise(5) / 2,
      dDiffusiveFake: 0.65 + noise(6) / 2,
      dPatchReal: 0.5 + noise(7) / 2,
      dPatchFake: 0.55 + noise(8) / 2,
      ...(step % 10 === 0 ? { r1: 0.2 + noise(9) / 3 } : {}),
    });
  if (variant.cycle) losses.cycle = 0.2 + 0.6 * fall + 0.3 * noise(10) * fall;
  return { step, losses, rate: 1.6e-4, ms: 400 };
}

function fakePreviews(step: number, { size }: TrainSettings): Preview[] {
  return (['aToB', 'bToA'] as Direction[]).map((direction) => ({
    step,
    direction,
    rows: [0.85, 0.7].map((share, n) => ({
      source: disc(size, share, direction === 'aToB' ? 150 : 90),
      synthetic: disc(size, share * (1 - 0.2 * Math.exp(-step / 100)), direction === 'aToB' ? 100 : 140),
      target: n === 0 || direction === 'aToB' ? disc(size, share, direction === 'aToB' ? 90 : 150) : null,
    })),
  }));
}

function fakeValidation(step: number): Validation {
  const score = (psnr: number, ssim: number) => ({ psnr, ssim, mae: 0.05 });
  const gain = 4 * (1 - Math.exp(-step / 300));
  return {
    step,
    directions: (['aToB', 'bToA'] as Direction[]).map((direction, n) => ({
      direction,
      n: 24,
      whole: score(20 + n + gain, 0.7 + gain / 20),
      foreground: score(16 + n + gain, 0.6 + gain / 20),
      copy: { whole: score(21 + n, 0.72), foreground: score(17.5 + n, 0.64) },
    })),
  };
}

/** A store on the two fake clients, and what it hands to the user. */
export interface TrainStore {
  store: AppStore;
  client: FakeClient;
  trainClient: FakeTrainClient;
  downloads: { name: string; data: Uint8Array | string | Blob }[];
  /** The demo scan that cannot be fetched. */
  missing: string | null;
  /** Demo scans come once it is done. */
  fetching: Promise<void>;
  texts(): string[];
}

export async function createTrainStore(trainClient = createFakeTrainClient()): Promise<TrainStore> {
  const client = createFakeClient();
  const downloads: TrainStore['downloads'] = [];
  let minute = 0;
  const store = createAppStore({
    client,
    trainClient,
    fetchDemo: async ({ file, name }) => {
      await made.fetching;
      if (made.missing === file) throw new Error(`${file}: the demo scan could not be fetched.`);
      return new File(['x'], name);
    },
    download: (name, data) => downloads.push({ name, data }),
    now: () => new Date(Date.UTC(2026, 0, 1, 0, minute++)),
  });
  await store.getState().actions.start('auto');
  const made: TrainStore = {
    store,
    client,
    trainClient,
    downloads,
    missing: null,
    fetching: Promise.resolve(),
    texts: () => store.getState().notices.map((n) => n.text),
  };
  return made;
}

/** Dropped files by their paths. */
export function dropped(...paths: string[]): { file: File; path: string }[] {
  return paths.map((path) => ({ path, file: new File(['x'], path.slice(path.lastIndexOf('/') + 1)) }));
}
