import { useShallow } from 'zustand/react/shallow';
import { formatDuration } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { msPerStep, previewChoice } from '../state/selectors';

/** Of a model of many steps: its method's shorter chain for a first look, and what either chain costs. */
export function PreviewSwitch() {
  const choice = useApp(useShallow(previewChoice));
  const isOn = useApp((s) => s.settings.preview);
  const samples = useApp((s) => s.settings.samples);
  // In whole milliseconds, which it is shown in anyway.
  const perStep = useApp((s) => {
    const ms = msPerStep(s);
    return ms && Math.round(ms);
  });
  const disabled = useApp((s) => s.run !== null);
  const { setSettings } = useApp((s) => s.actions);
  if (!choice) return null;
  const { steps, of } = choice;
  const cost = (count: number) => formatDuration(count * samples * perStep!);
  return (
    <div>
      <label className="choice">
        <input
          type="checkbox"
          checked={isOn}
          disabled={disabled}
          onChange={({ target }) => setSettings({ preview: target.checked })}
        />
        Preview ({steps} of {of} steps)
      </label>
      <p className="dim num">
        {perStep
          ? `About ${cost(steps)} a slice as a preview, ${cost(of)} by all ${of} steps. `
          : `All ${of} steps take ${Math.round(of / steps)} times as long. `}
        A preview is marked as one and never scored.
      </p>
    </div>
  );
}
