import { methodLabel, variantText } from '../../../../workers/train/settings';
import { Facts } from '../../../components/Facts';
import { formatGrid } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { networkName } from '../state/selectors';

/** What made the run on the screen: its own settings, whatever is chosen at the left. */
export function RunFacts() {
  const run = useApp((s) => s.train.run);
  const rate = useApp((s) => s.train.run?.steps.at(-1)?.rate);
  if (!run) return null;
  const { settings, volumes } = run;
  return (
    <section className="panel" aria-label="This run">
      <h2>This run</h2>
      <Facts
        entries={[
          ['Method', methodLabel(settings.method)],
          ['Preset', networkName(settings)],
          ['Image', formatGrid(settings)],
          ['Crops', settings.crop && `${settings.crop} × ${settings.crop}`],
          ['Variant', variantText(settings)],
          ['Batch', String(settings.batch)],
          ['Seed', String(settings.seed)],
          ['Rate now', rate?.toExponential(2)],
          [`A: ${settings.contrasts.a}`, volumes.trainA.join(', ')],
          [`B: ${settings.contrasts.b}`, volumes.trainB.join(', ')],
          ['Validation', [...volumes.valA, ...volumes.valB].join(', ')],
        ]}
      />
    </section>
  );
}
