import type { RelativeMap } from '../../../../volume/intensity';
import { sideMaps } from '../../../../workers/train/settings';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { relativeMap } from '../state/selectors';

const MAPS: Record<RelativeMap, string> = {
  'foreground-median': 'three times the median of the head',
  'foreground-p99.5': '99.5th percentile of the head',
};

/** mm, as of the command line. */
const [LEAST, MOST] = [0.1, 10];

/** How scans become the network's images. */
export function ImageOptions({ disabled }: { disabled: boolean }) {
  const settings = useApp((s) => s.train.settings);
  const isStarted = useApp((s) => s.train.start.cardId !== null);
  const { patchSettings } = useApp((s) => s.actions.train);
  const { contrasts, size, pixelSize } = settings;
  const map = relativeMap(settings);
  return (
    <fieldset disabled={disabled || isStarted}>
      <NumberInput
        label="Pixel size, mm"
        value={pixelSize}
        kind="decimal"
        min={LEAST}
        max={MOST}
        onChange={(value) => patchSettings({ pixelSize: value })}
      />
      <p className="dim num">
        {size} pixels cover {Number((size * pixelSize).toFixed(1))} mm: less cuts the head off, more wastes
        detail.
      </p>
      {map && (
        <label className="field">
          <span>White is</span>
          <select
            value={map}
            onChange={({ target }) =>
              patchSettings({ intensity: sideMaps(contrasts, target.value as RelativeMap) })
            }
          >
            {Object.entries(MAPS).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      <p className="dim">
        {isStarted
          ? 'A start model keeps the image that it was trained on.'
          : 'Each scan is scaled so that 0 is black and this is white; CT has Hounsfield units of its own.'}
      </p>
    </fieldset>
  );
}
