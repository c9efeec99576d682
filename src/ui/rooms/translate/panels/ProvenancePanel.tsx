import type { Provenance } from '../../../../workers/translate/protocol';
import { isFixedStyle } from '../../../../workers/translate/provenance';
import { Facts } from '../../../components/Facts';
import { formatDuration, formatGrid, formatValue } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { noiseText } from '../state/recipe';
import { currentResults, currentSlice } from '../state/selectors';

/** What made the synthetic slice on the screen, and the results of other settings that are still there. */
export function ProvenancePanel() {
  const results = useApp(currentResults);
  const slice = useApp(currentSlice);
  const all = useApp((s) => s.results);
  const running = useApp((s) => s.run !== null);
  const startedOn = useApp((s) => s.engine.startedOn);
  const { recall } = useApp((s) => s.actions);
  const others = all.filter((set) => set !== results && set.made.slices.size > 0);
  const p = results?.provenance;
  return (
    <section className="panel" aria-label="Provenance">
      <h2>Provenance</h2>
      {p && slice ? (
        <Facts
          entries={[
            ['Model', `${p.modelName} (${p.source} → ${p.target})`],
            [
              'Weights',
              <code key="sha" title={p.weightsSha256}>
                {p.weightsSha256.slice(0, 12)}…
              </code>,
            ],
            ['Seed', drawnText(p)],
            [
              'Steps',
              p.previewOf === undefined
                ? p.steps === 1
                  ? 'one pass'
                  : `${p.steps} reverse steps`
                : `${p.steps} of ${p.previewOf} reverse steps: a preview`,
            ],
            ['Intensity', intensityText(p.intensity)],
            ['Grid', formatGrid(p.grid)],
            [
              'Made',
              `${slice.backend}, ${formatDuration(slice.ms)}, ${p.date.slice(0, 16).replace('T', ' ')} UTC`,
            ],
          ]}
        />
      ) : (
        <p className="dim">Nothing synthetic is on the screen.</p>
      )}
      {others.length > 0 && (
        <>
          <p className="dim">Kept from other settings:</p>
          {others.map(({ key, recipe, own, provenance, made: { slices } }) => (
            <button
              key={key}
              type="button"
              className="button small wide"
              disabled={running || recipe.backend !== startedOn}
              onClick={() => recall(key)}
            >
              {provenance.target}
              {own && `, ${formatGrid(provenance.grid)}, ${provenance.intensity.source.map}`},{' '}
              {provenance.drawn
                ? `seed ${provenance.seed}, ${provenance.samples} × ${noiseText(provenance)}`
                : drawnText(provenance)}
              , {recipe.backend}: {slices.size} {slices.size === 1 ? 'slice' : 'slices'}
            </button>
          ))}
        </>
      )}
    </section>
  );
}

/** What was drawn, or which style was taken in its place. */
function drawnText({ seed, samples, noise, style, drawn }: Provenance): string {
  if (!drawn) return isFixedStyle(noise) ? noiseText({ noise, style }) : 'nothing is drawn';
  return `${seed}, ${samples} ${samples === 1 ? 'sample' : 'samples'}, ${noiseText({ noise })}`;
}

/** Which values became -1 and +1. */
function intensityText({ source, target }: Provenance['intensity']): string {
  const text = ({ map, low, high }: Provenance['intensity']['source']) =>
    `${map}, ${low === 0 ? '' : `-1 at ${formatValue(low)}, `}+1 at ${formatValue(high)}`;
  return source.map === target.map ? text(source) : `${text(source)}; result ${text(target)}`;
}
