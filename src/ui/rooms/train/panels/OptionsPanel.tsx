import { variantText } from '../../../../workers/train/settings';
import { NumberInput } from '../../../components/NumberInput';
import { formatGrid } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { isLocked } from '../state/selectors';
import { AugmentationOptions } from './AugmentationOptions';
import { ImageOptions } from './ImageOptions';
import { RateOptions } from './RateOptions';
import { weightsText } from './runWords';
import { VariantOptions } from './VariantOptions';

const MOST = 4_294_967_295;

/** Everything else that decides the numbers of a run, and how often it tells of itself. */
export function OptionsPanel() {
  const settings = useApp((s) => s.train.settings);
  const every = useApp((s) => s.train.every);
  const disabled = useApp((s) => isLocked(s.train));
  const { patchSettings, setEvery } = useApp((s) => s.actions.train);
  const { iterations, batch, seed, recompute, size } = settings;
  return (
    <>
      <details className="panel disclosure">
        <summary>
          <h2>Variant</h2>
          <span className="dim clamp">{variantText(settings)}</span>
        </summary>
        <VariantOptions disabled={disabled} />
      </details>
      <details className="panel disclosure">
        <summary>
          <h2>Course</h2>
          <span className="dim num">
            {iterations} iterations, batch {batch}
          </span>
        </summary>
        <fieldset disabled={disabled}>
          <div className="pair">
            <NumberInput
              label="Iterations"
              value={iterations}
              min={1}
              max={10_000_000}
              onChange={(value) => patchSettings({ iterations: value })}
            />
            <NumberInput
              label="Batch"
              value={batch}
              min={1}
              max={64}
              onChange={(value) => patchSettings({ batch: value })}
            />
            <NumberInput
              label="Seed"
              value={seed}
              min={0}
              max={MOST}
              onChange={(value) => patchSettings({ seed: value })}
            />
            <NumberInput
              label="Crop, pixels (0: whole)"
              value={settings.crop ?? 0}
              min={0}
              max={size}
              onChange={(value) => patchSettings({ crop: value === 0 || value === size ? undefined : value })}
            />
          </div>
          <label className="choice">
            <input
              type="checkbox"
              checked={recompute}
              onChange={({ target }) => patchSettings({ recompute: target.checked })}
            />
            Recompute: less memory, about a third more work
          </label>
          <h3>Every how many iterations (0: no preview, no validation)</h3>
          <div className="triple">
            {(['preview', 'validation', 'checkpoint'] as const).map((name) => (
              <NumberInput
                key={name}
                label={name[0].toUpperCase() + name.slice(1)}
                value={every[name]}
                min={name === 'checkpoint' ? 1 : 0}
                max={1_000_000}
                onChange={(value) => setEvery({ [name]: value })}
              />
            ))}
          </div>
        </fieldset>
      </details>
      <details className="panel disclosure">
        <summary>
          <h2>Weights and rates</h2>
          <span className="dim num">{weightsText(settings)}</span>
        </summary>
        <RateOptions disabled={disabled} />
      </details>
      <details className="panel disclosure">
        <summary>
          <h2>Image</h2>
          <span className="dim num">{formatGrid(settings)}</span>
        </summary>
        <ImageOptions disabled={disabled} />
      </details>
      <details className="panel disclosure">
        <summary>
          <h2>Augmentation</h2>
          <span className="dim">{augmentationText(settings.augmentation)}</span>
        </summary>
        <AugmentationOptions disabled={disabled} />
      </details>
    </>
  );
}

function augmentationText(switches: Record<string, boolean>): string {
  const on = Object.keys(switches).filter((name) => switches[name]);
  return on.length > 0 ? on.join(', ') : 'none';
}
