import type { Direction } from '../../../../workers/train/protocol';
import { isUnconditional, trainedDirections } from '../../../../workers/train/settings';
import { useApp } from '../../../state/StoreContext';
import { directionName, isGoing } from '../state/selectors';
import { CardWords } from './CardWords';
import { checkpointBlock } from './runWords';

const SHORT: Record<Direction, string> = { aToB: 'ab', bToA: 'ba' };

/** What the open run has made: into the Translate room at once, or as files. */
export function ResultPanel() {
  const run = useApp((s) => s.train.run);
  const going = useApp((s) => isGoing(s.train));
  const isDone = useApp((s) => s.train.phase === 'done');
  const isExporting = useApp((s) => s.train.isExporting);
  const isTranslating = useApp((s) => s.run !== null);
  const { useModel, downloadModel } = useApp((s) => s.actions.train);
  if (!run) return null;
  const isSourceless = isUnconditional(run.settings.variant);
  const why = going
    ? 'Pause the run first: a model is taken from its checkpoint'
    : checkpointBlock(run.checkpoint);
  const whyNotUse = why ?? (isTranslating ? 'A translation goes on; cancel it or wait' : null);
  const use = async (direction: Direction) => {
    if (await useModel(direction)) window.location.hash = '#/translate';
  };
  return (
    <section className="panel" aria-label="Result">
      <h2>Result</h2>
      {trainedDirections(run.settings).map((direction) => {
        const name = directionName(run.settings, direction);
        return (
          <div className="result" key={direction}>
            <h3>{name}</h3>
            {!isSourceless && (
              <button
                type="button"
                className={isDone ? 'button primary small' : 'button small'}
                data-testid={`train-use-${SHORT[direction]}`}
                disabled={whyNotUse !== null || isExporting}
                title={whyNotUse ?? 'Load it into Translate'}
                onClick={() => void use(direction)}
              >
                Use this model<span className="visually-hidden">, {name}</span>
              </button>
            )}
            <button
              type="button"
              className="button small"
              data-testid={`train-download-${SHORT[direction]}`}
              disabled={why !== null || isExporting}
              title={why ?? 'Safetensors and model card'}
              onClick={() => void downloadModel(direction)}
            >
              Download<span className="visually-hidden"> {name}</span>
            </button>
          </div>
        );
      })}
      {isSourceless && (
        <p className="dim">
          It translates nothing: download it, and draw its images by <code>syndiff sample</code>.
        </p>
      )}
      <CardWords runId={run.runId} />
      <p className="dim" aria-live="polite">
        {isExporting ? 'Writing the model…' : (why ?? `The averaged weights of iteration ${run.checkpoint}.`)}
      </p>
    </section>
  );
}
