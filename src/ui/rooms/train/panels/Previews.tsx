import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useMemo, useState } from 'react';
import type { Preview, TrainSettings } from '../../../../workers/train/protocol';
import { isUnconditional, trainedDirections } from '../../../../workers/train/settings';
import { GrayImage } from '../../../components/GrayImage';
import { useApp } from '../../../state/StoreContext';
import { DIRECTIONS, directionName } from '../state/selectors';

const NONE: readonly Preview[] = [];

/** What the networks make of a few slices, the newest or an earlier one of the last. */
export function Previews() {
  const previews = useApp((s) => s.train.run?.previews ?? NONE);
  const settings = useApp((s) => s.train.run?.settings);
  const isOff = useApp((s) => s.train.every.preview === 0);
  const [chosen, setChosen] = useState<number | null>(null);
  const steps = useMemo(() => [...new Set(previews.map(({ step }) => step))], [previews]);
  if (!settings) return null;
  // An earlier step that is kept no more is the newest again.
  const at = chosen === null || !steps.includes(chosen) ? steps.length - 1 : steps.indexOf(chosen);
  const step = steps[at];
  const directions = DIRECTIONS.filter((direction) => trainedDirections(settings).includes(direction));
  const go = (to: number) => setChosen(to >= steps.length - 1 ? null : steps[Math.max(0, to)]);
  return (
    <section className="previews" aria-label="Previews">
      <header className="panel-head">
        <h2>
          Previews <span className="dim num">{step === undefined ? null : `iteration ${step}`}</span>
        </h2>
        {steps.length > 1 && (
          <div className="preview-steps">
            <button
              type="button"
              className="icon-button"
              aria-label="Earlier preview"
              disabled={at === 0}
              onClick={() => go(at - 1)}
            >
              <ChevronLeft size={16} aria-hidden="true" />
            </button>
            <input
              type="range"
              aria-label="Preview"
              aria-valuetext={`iteration ${step}`}
              min={0}
              max={steps.length - 1}
              value={at}
              onChange={({ target }) => go(target.valueAsNumber)}
            />
            <button
              type="button"
              className="icon-button"
              aria-label="Later preview"
              disabled={at === steps.length - 1}
              onClick={() => go(at + 1)}
            >
              <ChevronRight size={16} aria-hidden="true" />
            </button>
          </div>
        )}
      </header>
      {step === undefined ? (
        <p className="chart-empty dim">
          {isOff
            ? 'Previews are off: Course has how often they are made.'
            : 'The first preview comes after some iterations.'}
        </p>
      ) : (
        <div className={directions.length > 1 ? 'charts' : 'charts single'}>
          {directions.map((direction) => {
            const ofStep = (wanted: number) =>
              previews.findLast((p) => p.step === wanted && p.direction === direction);
            const preview = ofStep(step);
            // Of one direction there is room to show where it began.
            const before = directions.length === 1 && step > 0 ? ofStep(0) : undefined;
            return (
              preview && <PreviewRows key={direction} preview={preview} before={before} settings={settings} />
            );
          })}
        </div>
      )}
    </section>
  );
}

function PreviewRows({
  preview,
  before,
  settings,
}: {
  preview: Preview;
  /** The same slices as the run began. */
  before: Preview | undefined;
  settings: TrainSettings;
}) {
  const { direction, step, rows } = preview;
  const { contrasts, variant } = settings;
  const [from, to] = direction === 'aToB' ? [contrasts.a, contrasts.b] : [contrasts.b, contrasts.a];
  const isSourceless = isUnconditional(variant);
  const hasTarget = rows.some(({ target }) => target !== null);
  const columns = [
    { key: 'source', kind: 'source', title: isSourceless ? `a real ${from}` : from, rows },
    ...(before ? [{ key: 'before', kind: 'synthetic', title: 'before', rows: before.rows } as const] : []),
    { key: 'synthetic', kind: 'synthetic', title: before ? 'synthetic' : `synthetic ${to}`, rows },
    ...(hasTarget ? [{ key: 'target', kind: 'target', title: `real ${to}`, rows } as const] : []),
  ] as const;
  return (
    <figure className="preview" data-testid="train-preview" data-direction={direction} data-step={step}>
      <figcaption className="visually-hidden">
        {directionName(settings, direction)} at iteration {step}
      </figcaption>
      {columns.map(({ key, kind, title, rows: shown }) => (
        <div className="preview-column" key={key}>
          <h3 data-kind={kind}>{title}</h3>
          {shown.map((row, n) => {
            const image = row[kind];
            const label = `${title}, slice ${n + 1} of ${shown.length}`;
            return image ? (
              <GrayImage key={n} image={image} label={label} letters />
            ) : (
              <div key={n} className="no-image" />
            );
          })}
        </div>
      ))}
    </figure>
  );
}
