/** What a run tells, put into what is known of it. */
import type { RunHistory, TrainEvent } from '../../../../workers/train/protocol';
import type { TrainRun } from './types';

/** Previews of this many steps and directions are kept to look back at. */
export const KEPT_PREVIEWS = 40;

export function withEvent(run: TrainRun, event: { history: RunHistory } | TrainEvent): TrainRun {
  if ('history' in event) {
    const { steps, validations } = event.history;
    const step = steps.at(-1)?.step ?? 0;
    // What was told after the last checkpoint is done again.
    const previews = run.previews.filter((preview) => preview.step <= step);
    return { ...run, steps, validations, previews, step };
  }
  if ('step' in event) {
    const { step, progress } = event;
    return { ...run, steps: [...run.steps, step], step: step.step, progress, scoring: null, drawing: null };
  }
  if ('progress' in event) return { ...run, progress: event.progress };
  if ('preview' in event) {
    const { step, direction } = event.preview;
    // A run that was stopped within the next iteration shows the same again.
    const others = run.previews.filter((one) => one.step !== step || one.direction !== direction);
    return { ...run, previews: [...others, event.preview].slice(-KEPT_PREVIEWS), drawing: null };
  }
  if ('scoring' in event) return { ...run, scoring: event.scoring };
  if ('drawing' in event) return { ...run, drawing: event.drawing };
  if ('validation' in event)
    return { ...run, validations: [...run.validations, event.validation], scoring: null };
  return { ...run, checkpoint: event.checkpoint.step };
}
