import { useApp } from '../../../state/StoreContext';

const SWITCHES = [
  { name: 'mirror', label: 'Mirror left and right' },
  { name: 'geometry', label: 'Turn, scale and shift a little' },
  { name: 'intensity', label: 'Change brightness and gamma a little' },
] as const;

/** Changes of the slices as they are drawn: a pair is moved alike, and only its source varies in brightness. */
export function AugmentationOptions({ disabled }: { disabled: boolean }) {
  const augmentation = useApp((s) => s.train.settings.augmentation);
  const pairing = useApp((s) => s.train.settings.variant.pairing);
  const isIdle = (name: string) => pairing === 'unconditional' && name === 'intensity';
  const { patchSettings } = useApp((s) => s.actions.train);
  return (
    <fieldset disabled={disabled}>
      {SWITCHES.map(({ name, label }) => (
        <label className="choice" key={name}>
          <input
            type="checkbox"
            checked={augmentation[name] && !isIdle(name)}
            disabled={isIdle(name)}
            onChange={({ target }) =>
              patchSettings({ augmentation: { ...augmentation, [name]: target.checked } })
            }
          />
          {label}
          {pairing === 'paired' && name === 'intensity' && ', of the source alone'}
          {isIdle(name) && <span className="dim">not without a source</span>}
        </label>
      ))}
    </fieldset>
  );
}
