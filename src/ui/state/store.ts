/** The page's state: plain data, and actions that call the engine's client. Made once in main.tsx, in tests with a fake client. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient, OwnModelSource } from '../../workers/client';
import type { LoadedModel, ModelCard, Scan, SliceResult } from '../../workers/protocol';
import { formatGrid } from '../format';
import { contrastOfName, sortFiles } from './files';
import { provenanceOf, recipeKey } from './recipe';
import {
  chosenCard,
  currentRecipe,
  currentResults,
  missingSlices,
  translateBlock,
  unscoredSlices,
} from './selectors';
import { clamp, firstSlice, neighbourhood } from './slices';
import type {
  AppData,
  AppState,
  BackendChoice,
  Notice,
  Recipe,
  ResultSet,
  Run,
  ScorePair,
  ViewState,
} from './types';

/** What the store needs from outside. */
export interface Services {
  client: EngineClient;
  fetchDemo(): Promise<File>;
  /** Hands a file to the user. */
  download(name: string, data: Uint8Array | string, type: string): void;
  now(): Date;
}

export type AppStore = StoreApi<AppState>;

/** Results of this many recipes are kept, so that going back to earlier settings shows them again. */
const KEPT_RESULTS = 3;

/** More would cover the page. */
const SHOWN_NOTICES = 4;

/** Slices scored in one call: small, so that the first scores come soon. */
const SCORE_BATCH = 8;

const FULL_WINDOWS: ViewState['windows'] = {
  image: { center: 0.5, width: 1 },
  difference: { center: 0, width: 1 },
  spread: { center: 0.1, width: 0.2 },
};

const FIT = { zoom: 1, pan: { x: 0, y: 0 } };

export const initialData: AppData = {
  engine: { phase: 'starting', requested: 'auto', info: null, startedOn: null },
  models: [],
  loaded: {},
  own: {},
  held: null,
  cardId: null,
  opening: null,
  source: null,
  sourceFiles: [],
  reference: null,
  settings: { seed: 0, samples: 1, noise: 'shared' },
  range: { kind: 'visible' },
  run: null,
  results: [],
  view: { slice: 0, mode: 'side', windows: FULL_WINDOWS, transform: FIT, probe: null, mix: 0.5 },
  notices: [],
};

export function createAppStore({ client, fetchDemo, download, now }: Services): AppStore {
  return createStore<AppState>()((set, get) => {
    let noticeId = 0;
    let abort: AbortController | null = null;
    let scoring = false;
    let started: Promise<void> = Promise.resolve();

    const notify = (tone: Notice['tone'], text: string) => {
      noticeId += 1;
      const notice: Notice = { id: noticeId, tone, text };
      // The same sentence twice says nothing new.
      set(({ notices }) => ({
        notices: [...notices.filter((n) => n.text !== text), notice].slice(-SHOWN_NOTICES),
      }));
    };
    const report = (error: unknown) =>
      notify('error', error instanceof Error ? error.message : `Something failed: ${String(error)}`);
    const patchView = (patch: Partial<ViewState>) => set(({ view }) => ({ view: { ...view, ...patch } }));
    const patchSet = (key: string, change: (old: ResultSet) => ResultSet) =>
      set(({ results }) => ({ results: results.map((r) => (r.key === key ? change(r) : r)) }));

    client.onRestart((sentence) => {
      notify('warn', sentence);
      client.diagnostics().then(
        (info) =>
          set(({ engine }) => ({
            engine: { ...engine, phase: 'ready', info, startedOn: engine.startedOn ?? info.backend },
          })),
        () => set(({ engine }) => ({ engine: { ...engine, phase: 'failed', info: null } })),
      );
    });

    /** The engine forgets the scan; a failure to forget is of no interest to the user. */
    const forget = (scan: Scan | undefined) => {
      if (scan) client.closeScan(scan.scanId).catch(() => undefined);
    };

    const loadWeights = async (card: ModelCard, signal: AbortSignal): Promise<LoadedModel> => {
      const { held, loaded, own } = get();
      if (held === card.id) return loaded[card.id];
      set({ held: null });
      const model = await client.loadModel(own[card.id] ?? { kind: 'shipped', id: card.id }, {
        signal,
        onProgress: (load) => set(({ run }) => ({ run: run && { ...run, load } })),
      });
      set({ held: card.id, loaded: { ...get().loaded, [card.id]: model } });
      return model;
    };

    /** Makes room for the recipe's slices and returns its key; the oldest results go. */
    const beginResults = (recipe: Recipe, card: ModelCard, modelId: string, scan: Scan): string => {
      const key = recipeKey(recipe);
      set(({ results }) => {
        const old = results.find((r) => r.key === key);
        const begun: ResultSet = old ?? {
          key,
          recipe,
          own: get().own[card.id] ?? null,
          provenance: provenanceOf(recipe, card, modelId, scan, now()),
          slices: new Map(),
          scores: new Map(),
        };
        return { results: [...results.filter((r) => r.key !== key), begun].slice(-KEPT_RESULTS) };
      });
      return key;
    };

    const addSlice = (key: string, slice: SliceResult) => {
      patchSet(key, (r) => {
        const backend = get().engine.info?.backend ?? r.recipe.backend;
        return { ...r, slices: new Map(r.slices).set(slice.index, { ...slice, backend }) };
      });
      void scoreMissing();
    };

    /** Scores what is shown, until every slice of it has a score against the present reference. */
    const scoreMissing = async () => {
      if (scoring) return;
      scoring = true;
      try {
        for (;;) {
          const state = get();
          const todo = unscoredSlices(state).slice(0, SCORE_BATCH);
          const results = currentResults(state);
          if (todo.length === 0 || !results || !state.source || !state.reference) return;
          const { source, reference } = state;
          const ask = (image: (k: number) => Float32Array) =>
            client.score({
              referenceScanId: reference.scan.scanId,
              provenance: results.provenance,
              slices: todo.map((index) => ({ index, image: image(index) })),
            });
          const synthetic = await ask((k) => results.slices.get(k)!.image);
          const copy = await ask((k) => sliceOf(source, k));
          if (get().reference !== reference) continue;
          if (synthetic.length < todo.length) return;
          patchSet(results.key, (r) => ({ ...r, scores: withScores(r.scores, synthetic, copy) }));
        }
      } catch (error) {
        report(error);
      } finally {
        scoring = false;
      }
    };

    const clearScores = () =>
      set(({ results }) => ({
        results: results.map((r) => ({ ...r, scores: new Map<number, ScorePair>() })),
      }));

    const openSource = async (files: File[], volume?: number) => {
      abort?.abort();
      set({ opening: 'source' });
      try {
        const scan = await client.openScan(files, { volume });
        const old = get();
        forget(old.source ?? undefined);
        forget(old.reference?.scan);
        if (old.results.length > 0)
          notify(
            'info',
            `${scan.name} is open; the results of ${old.source?.name ?? 'the former scan'} are cleared.`,
          );
        set(({ view, models, cardId }) => ({
          source: scan,
          sourceFiles: files,
          reference: null,
          results: [],
          cardId: modelForName(scan.name, models) ?? cardId,
          range: { kind: 'visible' },
          view: { ...view, slice: firstSlice(scan), probe: null, transform: FIT, windows: FULL_WINDOWS },
        }));
      } catch (error) {
        report(error);
      } finally {
        set({ opening: null });
      }
    };

    const openReference = async (files: File[]) => {
      const { source, reference: old } = get();
      if (!source) {
        notify('info', 'Drop the source scan first; the reference is laid on its grid.');
        return;
      }
      set({ opening: 'reference' });
      let opened: Scan | undefined;
      try {
        opened = await client.openScan(files);
        const { scan, resampled } = await client.matchGrid(opened.scanId, source.scanId);
        // The source may have been replaced while the reference was read.
        if (get().source?.scanId !== source.scanId) {
          forget(opened);
          return;
        }
        forget(old?.scan);
        set({ reference: { scan, resampled } });
        clearScores();
        void scoreMissing();
      } catch (error) {
        forget(opened);
        report(error);
      } finally {
        set({ opening: null });
      }
    };

    /** Null, with a notice, when it could not be loaded; the engine then holds what it held. */
    const loadOwn = async (source: OwnModelSource): Promise<LoadedModel | null> => {
      if (get().run) {
        notify(
          'info',
          `${source.file.name}: weights can be loaded when the run has ended; cancel it or wait.`,
        );
        return null;
      }
      set({ opening: 'weights' });
      try {
        const model = await client.loadModel(source);
        const { id } = model.card;
        set(({ loaded, own }) => ({
          loaded: { ...loaded, [id]: model },
          own: { ...own, [id]: source },
          held: id,
        }));
        return model;
      } catch (error) {
        report(error);
        return null;
      } finally {
        set({ opening: null });
      }
    };

    const addWeights = async (files: File[]) => {
      const { cards } = sortFiles(files);
      const weights = files.filter((file) => !cards.includes(file));
      if (cards.length > 0 && (cards.length > 1 || weights.length !== 1)) {
        const got = [...cards, ...weights].map(({ name }) => name).join(', ');
        notify(
          'error',
          `${cards[0].name}: a model card must come with its one file of weights, got ${got}; drop the two together.`,
        );
        return;
      }
      for (const file of weights) {
        const model = await loadOwn({ kind: 'file', file, card: cards[0] });
        if (!model) continue;
        set({ cardId: model.card.id });
        notify('info', `${model.card.name}: ${model.parameters.toLocaleString('en')} parameters loaded.`);
      }
    };

    const translate = async (wanted?: readonly number[]) => {
      const before = get();
      const card = chosenCard(before);
      if (before.run) return;
      const block = translateBlock(before);
      if (block || !card || !before.source) {
        notify('info', block ?? 'Choose a model first.');
        return;
      }
      const scan = before.source;
      const slices = missingSlices(before, wanted);
      if (slices.length === 0) {
        notify('info', 'These slices are already translated with these settings.');
        return;
      }
      const controller = new AbortController();
      abort = controller;
      const stepsPerSlice = card.diffusion.steps * before.settings.samples;
      const begun: Run = {
        phase: 'loading',
        load: null,
        progress: null,
        slices,
        stepsPerSlice,
        isCancelling: false,
      };
      set({ run: begun });
      let done = 0;
      try {
        const model = await loadWeights(card, controller.signal);
        controller.signal.throwIfAborted();
        const recipe = currentRecipe(get())!;
        const key = beginResults(recipe, card, model.modelId, scan);
        set({ run: { ...begun, phase: 'translating' } });
        const { seed, samples, noise } = recipe;
        const provenance = await client.translate(
          { scanId: scan.scanId, modelId: model.modelId, slices, settings: { seed, samples, noise } },
          {
            signal: controller.signal,
            onSlice: (slice) => {
              done += 1;
              addSlice(key, slice);
            },
            onProgress: (progress) => set(({ run }) => ({ run: run && { ...run, progress } })),
          },
        );
        patchSet(key, (r) => ({ ...r, provenance }));
      } catch (error) {
        // A cancelled run may also end with its worker, when another backend was chosen.
        if (controller.signal.aborted)
          notify(
            'info',
            `Cancelled: ${done} of ${slices.length} slices are done${done > 0 ? ' and kept' : ''}.`,
          );
        else report(error);
      } finally {
        if (abort === controller) abort = null;
        set({ run: null });
      }
    };

    const start = async (requested: BackendChoice) => {
      set({ engine: { phase: 'starting', requested, info: null, startedOn: null } });
      try {
        const info = await client.start(requested);
        const models = await client.models();
        set(({ cardId }) => ({
          engine: { phase: 'ready', requested, info, startedOn: info.backend },
          models,
          cardId: cardId ?? models[0]?.id ?? null,
        }));
      } catch (error) {
        set({ engine: { phase: 'failed', requested, info: null, startedOn: null } });
        report(error);
      }
    };

    /** Changes what decides the result; refused while a run goes on, whose controls are disabled anyway. */
    const choose = (patch: Partial<AppData>) => {
      if (get().run) return;
      set(patch);
      void scoreMissing();
    };

    return {
      ...initialData,
      actions: {
        start(requested) {
          abort?.abort();
          started = start(requested);
          return started;
        },

        async dropFiles(files) {
          const { scans, weights, cards, unknown } = sortFiles(files);
          if (unknown.length > 0)
            notify(
              'error',
              `${unknown[0].name}: neither a scan nor weights; drop .nii, .nii.gz, a .hdr with its .img, .pth or .safetensors, with its card.json if there is one.`,
            );
          await addWeights([...weights, ...cards]);
          if (scans.length === 0) return;
          await openSource(scans[0]);
          if (scans.length > 1) {
            await openReference(scans[1]);
            notify('info', `${scans[0][0].name} is the source, ${scans[1][0].name} the reference.`);
          }
        },

        openSource,
        openReference,
        addWeights,

        async describeOwn(cardId, settings) {
          const { own, opening } = get();
          if (!own[cardId]) return;
          if (opening) {
            notify('info', 'A file is being read; apply again when it is open.');
            return;
          }
          const model = await loadOwn({ ...own[cardId], settings });
          if (!model) return;
          const { name, source, target, preprocessing } = model.card;
          notify(
            'info',
            `${name}: now ${source} to ${target}, ${formatGrid(preprocessing)}, ${preprocessing.intensity}.`,
          );
          void scoreMissing();
        },

        removeSource() {
          abort?.abort();
          forget(get().source ?? undefined);
          forget(get().reference?.scan);
          set({ source: null, sourceFiles: [], reference: null, results: [] });
        },

        removeReference() {
          forget(get().reference?.scan);
          set({ reference: null });
          clearScores();
        },

        async tryDemo() {
          if (get().run || get().opening) return;
          set({ opening: 'source' });
          try {
            await started;
            const file = await fetchDemo();
            await openSource([file]);
          } catch (error) {
            report(error);
            return;
          } finally {
            set({ opening: null });
          }
          const { source, models, view } = get();
          const model = models.find((card) => card.source === 'T1w' && card.target === 'FLAIR') ?? models[0];
          if (!source || !model) return;
          set({ cardId: model.id });
          await translate(neighbourhood(view.slice, 1, source.shape[2]));
        },

        pickModel: (cardId) => choose({ cardId }),
        setSettings: (patch) => choose({ settings: { ...get().settings, ...patch } }),
        setRange: (range) => choose({ range }),
        translate,
        cancel() {
          abort?.abort();
          set(({ run }) => ({ run: run && { ...run, isCancelling: true } }));
        },

        async recall(key) {
          const kept = get().results.find((r) => r.key === key);
          if (!kept || get().run || get().opening) return;
          const { cardId, seed, samples, noise } = kept.recipe;
          // Own weights may have been described anew since.
          if (kept.own && kept.own !== get().own[cardId] && !(await loadOwn(kept.own))) return;
          choose({ cardId, settings: { seed, samples, noise } });
        },

        async save(dtype) {
          const { source } = get();
          const results = currentResults(get());
          if (!source || !results || results.slices.size === 0) return;
          try {
            const slices = [...results.slices.values()].map(({ index, image }) => ({ index, image }));
            const files = await client.save({
              scanId: source.scanId,
              provenance: results.provenance,
              slices,
              dtype,
            });
            download(files.niftiName, files.nifti, 'application/gzip');
            download(files.sidecarName, files.sidecar, 'application/json');
            notify(
              'info',
              `Saved ${files.niftiName} and its sidecar: ${slices.length} translated ${slices.length === 1 ? 'slice' : 'slices'}, the others zero.`,
            );
          } catch (error) {
            report(error);
          }
        },

        setSlice(slice) {
          const { source } = get();
          if (source) patchView({ slice: clamp(Math.round(slice), 0, source.shape[2] - 1) });
        },
        stepSlice: (delta) => get().actions.setSlice(get().view.slice + delta),
        setMode: (mode) => patchView({ mode }),
        setWindow: (group, next) => patchView({ windows: { ...get().view.windows, [group]: next } }),
        setTransform: (transform) => patchView({ transform }),
        setProbe: (probe) => patchView({ probe }),
        setMix: (mix) => patchView({ mix: clamp(mix, 0, 1) }),
        resetView: () => patchView({ transform: FIT, windows: FULL_WINDOWS }),
        diagnostics: () =>
          client.diagnostics().catch((error: unknown) => {
            report(error);
            return null;
          }),
        notify,
        dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((n) => n.id !== id) })),
      },
    };
  });
}

/** Axial slice k of a scan, a copy: nothing that crosses to the engine may be the scan's own buffer. */
export function sliceOf(scan: Pick<Scan, 'voxels' | 'shape'>, k: number): Float32Array {
  const pixels = scan.shape[0] * scan.shape[1];
  return scan.voxels.slice(k * pixels, (k + 1) * pixels);
}

function modelForName(name: string, models: readonly ModelCard[]): string | null {
  const contrast = contrastOfName(name);
  return models.find((card) => card.source === contrast)?.id ?? null;
}

function withScores(
  old: ReadonlyMap<number, ScorePair>,
  synthetic: readonly ScorePair['synthetic'][],
  copy: readonly ScorePair['copy'][],
): ReadonlyMap<number, ScorePair> {
  const scores = new Map(old);
  synthetic.forEach((score, n) => {
    scores.set(score.index, { synthetic: score, copy: copy[n] });
  });
  return scores;
}
