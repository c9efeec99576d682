import { useMemo } from 'react';
import type { TrainSettings, Variant } from '../../../../workers/train/protocol';
import { isSourceFree, isUnconditional, neededOf } from '../../../../workers/train/settings';
import { useApp } from '../../../state/StoreContext';
import { isLocked, unpairedTexts } from '../state/selectors';
import { DropZone } from './DropZone';

const PAIRINGS: Record<Variant['pairing'], string> = {
  unpaired: 'unpaired',
  paired: 'aligned pairs, by subject',
  unconditional: 'A alone, without a source',
};

/** Those that a method can be trained with. */
function pairingsOf(method: TrainSettings['method']): Variant['pairing'][] {
  const isFree = neededOf(method, { pairing: 'unpaired' }).pairing === undefined;
  return [
    'unpaired',
    ...(isFree ? (['paired'] as const) : []),
    ...(isSourceFree(method) ? (['unconditional'] as const) : []),
  ];
}

/** What is learnt from: unpaired volumes of either contrast, and aligned pairs to score by; or volumes of one contrast alone. */
export function DataPanel() {
  const { a, b } = useApp((s) => s.train.settings.contrasts);
  const pairing = useApp((s) => s.train.settings.variant.pairing);
  const method = useApp((s) => s.train.settings.method);
  const isPaired = pairing === 'paired';
  const isSourceless = isUnconditional({ pairing });
  const pairings = pairingsOf(method);
  const isOff = useApp((s) => isLocked(s.train));
  const hasValidation = useApp((s) => s.train.volumes.some(({ added }) => /^val/.test(added.role)));
  const adding = useApp((s) => s.train.adding);
  const { cancelAdding, patchVariant } = useApp((s) => s.actions.train);
  return (
    <section className="panel" aria-label="Training data">
      <header className="panel-head">
        <h2>Data</h2>
        <select
          className="pairing"
          aria-label="Pairing of the data"
          value={pairing}
          disabled={isOff || pairings.length === 1}
          onChange={({ target }) => patchVariant({ pairing: target.value as typeof pairing })}
        >
          {pairings.map((id) => (
            <option key={id} value={id}>
              {PAIRINGS[id]}
            </option>
          ))}
        </select>
      </header>
      <DropZone of="trainA" title={`A: ${a || 'first contrast'}`} hint={`Drop ${a} volumes or a folder`} />
      {!isSourceless && (
        <DropZone of="trainB" title={`B: ${b || 'second contrast'}`} hint={`Drop ${b} volumes or a folder`} />
      )}
      {isSourceless && (
        <p className="dim">
          The model will make images of {a || 'A'} of noise alone: it translates nothing. Its images are drawn
          in the terminal, by <code>syndiff sample</code>.
        </p>
      )}
      {isPaired && <LeftOut of="train" />}
      {adding && (
        <p className="adding dim num" aria-live="polite">
          {addingWords(adding)}
          {!adding.again && !adding.phantom && (
            <button type="button" className="link-button" onClick={cancelAdding}>
              Cancel
            </button>
          )}
        </p>
      )}
      {!isSourceless && (
        <details className="disclosure" open={hasValidation || undefined}>
          <summary>
            <h2>
              Validation <span className="dim">optional, aligned pairs</span>
            </h2>
          </summary>
          <div className="zones">
            <DropZone of="valA" title={`A: ${a}`} hint={`Drop ${a} of the pairs`} />
            <DropZone of="valB" title={`B: ${b}`} hint={`Drop ${b}, same subjects`} />
          </div>
          <LeftOut of="val" />
        </details>
      )}
    </section>
  );
}

/** Volumes that are in no pair. */
function LeftOut({ of: use }: { of: 'train' | 'val' }) {
  const volumes = useApp((s) => s.train.volumes);
  const filters = useApp((s) => s.train.filters);
  const settings = useApp((s) => s.train.settings);
  const texts = useMemo(
    () => unpairedTexts({ volumes, filters, settings }, use),
    [volumes, filters, settings, use],
  );
  if (texts.length === 0) return null;
  return (
    <p className="warning" role="status" data-testid={`train-left-out-${use}`}>
      {texts.map((text) => `${text}.`).join(' ')}
    </p>
  );
}

function addingWords(adding: { done: number; total: number; again: boolean; phantom: boolean }): string {
  if (adding.phantom) return 'Drawing phantoms…';
  const place = `${adding.done + 1} of ${adding.total}…`;
  return adding.again ? `Cutting slices again: ${place}` : `Reading ${place}`;
}
