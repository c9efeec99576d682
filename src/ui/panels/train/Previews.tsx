import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useMemo, useState } from 'react';
import type { Preview } from '../../../workers/trainProtocol';
import { GrayImage } from '../../components/GrayImage';
import { useApp } from '../../state/StoreContext';
import { DIRECTIONS, madeDirections } from '../../state/train/selectors';

const NONE: readonly Preview[] = [];

/** What the networks make of a few slices, the newest or an earlier one of the last. */
export function Previews() {
  const previews = useApp((s) => s.train.run?.previews ?? NONE);
  const settings = useApp((s) => s.train.run?.settings);
  const [chosen, setChosen] = useState<number | null>(null);
  const steps = useMemo(() => [...new Set(previews.map(({ step }) => step))], [previews]);
  if (!settings) return null;
  // An earlier step that is kept no more is the newest again.
  const at = chosen === null || !steps.includes(chosen) ? steps.length - 1 : steps.indexOf(chosen);
  const step = steps[at];
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
        <p className="chart-empty dim">The first preview comes after some iterations.</p>
      ) : (
        <div className="charts">
          {DIRECTIONS.filter((direction) => madeDirections(settings).includes(direction)).map((direction) => {
            const preview = previews.findLast((p) => p.step === step && p.direction === direction);
            return (
              preview && <PreviewRows key={direction} preview={preview} contrasts={settings.contrasts} />
            );
          })}
        </div>
      )}
    </section>
  );
}

function PreviewRows({ preview, contrasts }: { preview: Preview; contrasts: { a: string; b: string } }) {
  const { direction, step, size, rows } = preview;
  const [from, to] = direction === 'aToB' ? [contrasts.a, contrasts.b] : [contrasts.b, contrasts.a];
  const hasTarget = rows.some(({ target }) => target !== null);
  const kinds = [
    { kind: 'source', title: from },
    { kind: 'synthetic', title: `synthetic ${to}` },
    ...(hasTarget ? [{ kind: 'target', title: `real ${to}` } as const] : []),
  ] as const;
  return (
    <figure className="preview" data-testid="train-preview" data-direction={direction} data-step={step}>
      <figcaption className="visually-hidden">
        {from} to {to} at iteration {step}
      </figcaption>
      {kinds.map(({ kind, title }) => (
        <div className="preview-column" key={kind}>
          <h3 data-kind={kind}>{title}</h3>
          {rows.map((row, n) => {
            const pixels = row[kind];
            const label = `${title}, slice ${n + 1} of ${rows.length}`;
            return pixels ? (
              <GrayImage key={n} pixels={pixels} size={size} label={label} />
            ) : (
              <div key={n} className="no-image" />
            );
          })}
        </div>
      ))}
    </figure>
  );
}
