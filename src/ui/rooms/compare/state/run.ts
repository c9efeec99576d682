/** One comparison: what is kept is not computed again, what is cancelled stays, and a model that fails is a row with its reason. */

import type { CompareEvent, CompareProgress } from '../../../../workers/translate/protocol';
import type { AppData } from '../../../state/types';
import { untilAborted } from '../../../state/untilAborted';
import { DEMOS, type Demo } from '../../translate/state/demos';
import type { CompareContext } from './compareContext';
import { type ComparePairs, dataOf } from './pairs';
import {
  askedFor,
  chosenModels,
  comparables,
  compareBlock,
  isTask,
  pairsOfTask,
  shownPlace,
  shownSlices,
  sliceKey,
} from './selectors';
import type { CompareActions, CompareData, Comparison, Task } from './types';

/** The page has no choice of it: results are the same whenever they are asked for. */
export const SEED = 0;
/** Draws of each slice where chance is measured. */
export const SAMPLES = 4;

export function compareRunActions(
  context: CompareContext,
  pairs: ComparePairs,
  whenStarted: () => Promise<void>,
): Pick<CompareActions, 'start' | 'cancel' | 'tryIt' | 'show' | 'stepSlice'> {
  const {
    get,
    compare,
    patch,
    services: { client, fetchDemo, now },
    notify,
    report,
  } = context;
  let abort: AbortController | null = null;

  return {
    async start() {
      const state = get();
      if (compare().run) return;
      const block = compareBlock(state);
      const asked = askedFor(state);
      if (block || !asked) {
        notify('info', block ?? 'Choose a model first.', 'compare');
        return;
      }
      const controller = new AbortController();
      abort = controller;
      const meant = pairsOfTask(state);
      const isSame = JSON.stringify(asked) === JSON.stringify(compare().asked);
      patch({
        run: { progress: null, begun: now().getTime(), part: null, isCancelling: false },
        asked,
        reports: isSame ? compare().reports : [],
        ...withoutGone(state),
      });
      try {
        await client.compare(
          {
            suites: asked.suites,
            models: chosenModels(state).taken.map(({ id, name, card, source }) => ({
              id,
              name,
              card,
              source,
            })),
            pairs: meant.map((pair) => ({
              id: pair.id,
              patient: pair.patient,
              data: dataOf(pair),
              sourceScanId: pair.source.scanId,
              referenceScanId: pair.reference.scanId,
            })),
            options: {
              slices: asked.slices && asked.slices * meant.length,
              samples: SAMPLES,
              seed: SEED,
            },
            kept: [...compare().kept.values()].map(({ key, result }) => ({ key, result })),
          },
          {
            signal: controller.signal,
            onEvent: (event) => {
              // It may have changed meanwhile: a lost GPU's work goes on elsewhere.
              const backend = get().engine.info?.backend ?? null;
              patch((before) => withEvent(before, event, { at: now().getTime(), backend }));
            },
          },
        );
      } catch (error) {
        if (!controller.signal.aborted) report(error, 'compare');
        else notify('info', 'Cancelled: what is done is kept, and Start goes on from there.', 'compare');
      } finally {
        if (abort === controller) abort = null;
        patch({ run: null });
      }
    },

    cancel() {
      abort?.abort();
      patch(({ run }) => ({ run: run && { ...run, isCancelling: true } }));
    },

    async tryIt() {
      if (compare().run || compare().opening) return;
      patch({ opening: { done: 0, total: 1 } });
      const signal = pairs.begin();
      let isThere = false;
      try {
        await untilAborted(whenStarted(), signal);
        const { models } = get();
        const demo = demoOf(models);
        if (!demo?.reference) {
          notify(
            'info',
            'No model of the demo scans ships with this page; drop scans and a model.',
            'compare',
          );
          return;
        }
        const fetched = Promise.all([fetchDemo(demo.scan), fetchDemo(demo.reference)]);
        const files = await untilAborted(fetched, signal);
        if (!files) return;
        const [source, reference] = files.map((file) => ({ path: file.name, files: [file] }));
        const task = { source: demo.source, target: demo.target };
        patch({ task });
        isThere = await pairs.open([{ task, source, reference }]);
      } catch (error) {
        report(error, 'compare');
      } finally {
        patch({ opening: null });
      }
      if (isThere && compareBlock(get()) === null) await get().actions.compare.start();
    },

    show: (pairId, index) => patch({ shown: { pairId, index } }),

    stepSlice(delta) {
      const place = shownPlace(compare());
      if (!place) return;
      const slices = shownSlices(compare()).get(place.pairId)!;
      const at = slices.indexOf(place.index) + delta;
      const index = slices[Math.min(Math.max(at, 0), slices.length - 1)];
      patch({ shown: { pairId: place.pairId, index } });
    },
  };
}

/** The one that most models translate, so that there is something to compare; of several the first. */
function demoOf(models: readonly Task[]): Demo | undefined {
  const count = (demo: Demo) => models.filter((model) => isTask(model, demo)).length;
  return DEMOS.filter((demo) => demo.reference && count(demo) > 0).sort(
    (one, other) => count(other) - count(one),
  )[0];
}

/** Without those of models that were removed: their pictures stood as long as their scores did, which go with this start. */
function withoutGone(state: AppData): Pick<CompareData, 'kept' | 'made'> {
  const { asked, kept, made } = state.compare;
  const there = new Set(comparables(state).map(({ id }) => id));
  const gone = (asked?.models ?? []).filter(({ id }) => !there.has(id));
  return {
    kept: new Map([...kept].filter(([key]) => !gone.some(({ sha256 }) => key.includes(sha256)))),
    made: new Map([...made].filter(([, { of }]) => !gone.some(({ id }) => id === of))),
  };
}

function withEvent(
  before: CompareData,
  event: CompareEvent,
  { at, backend }: { at: number; backend: string | null },
): Partial<CompareData> {
  if ('progress' in event) {
    const { run } = before;
    return { run: run && { ...run, progress: event.progress, part: partOf(run, event.progress, at) } };
  }
  if ('cell' in event)
    // What failed is tried again.
    return 'value' in event.cell.result
      ? { kept: new Map(before.kept).set(event.cell.key, { ...event.cell, backend }) }
      : {};
  if ('slice' in event) return { made: new Map(before.made).set(sliceKey(event.slice), event.slice) };
  if ('remark' in event) return { remarks: [...new Set([...before.remarks, event.remark])] };
  const { report } = event;
  const isThere = before.reports.some(({ suite }) => suite === report.suite);
  return {
    backends: [...new Set([...before.kept.values()].flatMap((cell) => cell.backend ?? []))],
    reports: isThere
      ? before.reports.map((one) => (one.suite === report.suite ? report : one))
      : [...before.reports, report],
  };
}

/** Never less than before: an estimate may grow. */
function partOf(
  { begun, part }: Comparison,
  { done, cells, msLeft, isLeast, suite, suites }: CompareProgress,
  at: number,
): number {
  const elapsed = at - begun;
  const isKnown = msLeft !== null && !isLeast;
  const ofSuite = isKnown ? elapsed / Math.max(1, elapsed + msLeft) : done / Math.max(1, cells);
  return Math.max(part ?? 0, (suite + ofSuite) / suites);
}
