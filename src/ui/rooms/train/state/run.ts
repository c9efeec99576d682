/** One run on the screen: begun, paused, gone on with, stopped. */
import { nameOfVolume } from '../../../../volume/oneVolume';
import type { CallOptions } from '../../../../workers/line/link';
import type { Role, StoredRun, ToldHistory, TrainEvent } from '../../../../workers/train/protocol';
import { settingsOfRun } from '../../../../workers/train/settings';
import type { Estimate } from './estimate';
import { withEvent } from './events';
import { scanChoice } from './scanChoice';
import { isGoing, startBlock, usedSources } from './selectors';
import type { RefreshStored } from './storedRuns';
import type { TrainContext } from './trainContext';
import type { TrainActions, TrainRun } from './types';

type Options = CallOptions<{ history: ToldHistory } | TrainEvent>;

export function trainRunActions(
  context: TrainContext,
  estimate: Estimate,
  refreshStored: RefreshStored,
): Pick<TrainActions, 'start' | 'pause' | 'resume' | 'stop'> {
  const {
    train,
    patch,
    services: { trainClient, now },
    notify,
    report,
  } = context;
  let abort: AbortController | null = null;
  let going: Promise<void> = Promise.resolve();

  /** Follows a run to its end, its pause or its failure. */
  const follow = async (begun: TrainRun, call: (options: Options) => Promise<StoredRun>) => {
    const controller = new AbortController();
    abort = controller;
    const { runId, settings } = begun;
    patch({ phase: 'running', run: begun });
    let kept: StoredRun | null = null;
    try {
      kept = await call({
        signal: controller.signal,
        onEvent: (event) => {
          if ('history' in event) for (const text of event.history.damage) notify('warn', text);
          patch(({ run }) => ({ run: run && withEvent(run, event) }));
        },
      });
    } catch (error) {
      const isPause = controller.signal.aborted && /^Abort/.test((error as Error).name);
      if (!isPause) report(error);
    }
    if (abort === controller) abort = null;
    const stored = await refreshStored();
    kept ??= stored.find((one) => one.runId === runId) ?? null;
    if (!kept) {
      patch({ phase: 'idle', run: null });
      if (controller.signal.aborted) notify('info', 'Stopped before the first checkpoint; nothing is kept.');
      return;
    }
    const { step } = kept;
    const isDone = step >= settings.iterations;
    patch(({ run }) => ({
      phase: isDone ? 'done' : 'paused',
      run: run && { ...run, step, checkpoint: step, volumes: kept.volumes },
    }));
    notify(
      'info',
      isDone
        ? `Training is done: ${step} ${step === 1 ? 'iteration' : 'iterations'}. Use the model in Translate, or download it.`
        : `Paused at iteration ${step} of ${settings.iterations}; the checkpoint is in this browser's storage.`,
    );
  };

  const begin = (begun: TrainRun, call: (options: Options) => Promise<StoredRun>) => {
    // Asked for where there is something to keep; some browsers ask the user.
    void trainClient.keepRuns(true).then((isKept) => patch({ isKept }));
    going = follow(begun, call);
    return going;
  };

  return {
    async start() {
      const { train: before } = context.get();
      if (before.phase !== 'idle' && before.phase !== 'done') return;
      const block = startBlock(context.get());
      if (block) {
        notify('info', block);
        return;
      }
      if (before.isStarting) return;
      // After a loss the volumes are given again here.
      patch({ isStarting: true });
      await estimate();
      patch({ isStarting: false });
      const changed = startBlock(context.get());
      if (changed) {
        notify('error', changed);
        return;
      }
      const { every } = train();
      const settings = settingsOfRun(train().settings);
      const { used, left } = scanChoice(train());
      const names = (role: Role) =>
        used[role].map(({ added }) => nameOfVolume(added.name, added.volumeCount, added.volume ?? 0));
      const leftOut = [...left].map(({ added }) => added.volumeId);
      const begun: TrainRun = {
        runId: runIdOf(now()),
        settings,
        volumes: {
          trainA: names('trainA'),
          trainB: names('trainB'),
          valA: names('valA'),
          valB: names('valB'),
        },
        progress: null,
        scoring: null,
        drawing: null,
        step: 0,
        steps: [],
        validations: [],
        previews: [],
        checkpoint: null,
      };
      await begin(begun, (options) =>
        trainClient.train(
          { runId: begun.runId, settings, start: usedSources(train()), leftOut, every },
          options,
        ),
      );
    },

    pause() {
      if (train().phase !== 'running') return;
      patch({ phase: 'pausing' });
      abort?.abort();
    },

    async resume(runId) {
      const { run, stored, every } = train();
      const kept = stored?.find((one) => one.runId === runId);
      if (!kept || kept.inUse || isGoing(train())) return;
      const begun =
        run?.runId === runId ? { ...run, progress: null, scoring: null, drawing: null } : runOf(kept);
      await begin(begun, async (options) => {
        await context.ready();
        return trainClient.resume({ runId, every }, options);
      });
    },

    async stop() {
      if (train().phase === 'idle') return;
      context.get().actions.train.pause();
      await going;
      trainClient.close();
      patch({ phase: 'idle', run: null });
    },
  };
}

/** A stored run as it is shown before its history has come. */
export function runOf({ runId, settings, volumes, step }: StoredRun): TrainRun {
  return {
    runId,
    settings,
    volumes,
    step,
    progress: null,
    scoring: null,
    drawing: null,
    steps: [],
    validations: [],
    previews: [],
    checkpoint: step,
  };
}

/** A plain file name that sorts by time: "run-2026-01-31T09-30-00-000Z". */
function runIdOf(date: Date): string {
  return `run-${date.toISOString().replace(/[:.]/g, '-')}`;
}
