import X from 'lucide-react/icons/x';
import { CutName } from '../../../components/CutName';
import { GrayImage } from '../../../components/GrayImage';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { isLocked } from '../state/selectors';
import type { TrainVolume } from '../state/types';

/** One volume: a slice of it, its name, and how many of its slices have enough foreground. `isLeft`: it is not trained on. */
export function VolumeRow({ volume: { added, source }, isLeft }: { volume: TrainVolume; isLeft: boolean }) {
  const isOff = useApp((s) => isLocked(s.train) || s.train.adding !== null);
  const isFixed = useApp((s) => isLocked(s.train));
  const { removeVolume, pickVolume } = useApp((s) => s.actions.train);
  const { volumeId, name, role, picked, sliceCount, thumbnail, volumeCount, volume } = added;
  return (
    <li className="volume" data-testid="train-volume" data-role={role} data-left={isLeft || undefined}>
      <GrayImage image={thumbnail} label={`A slice of ${name}`} letters />
      <div>
        <CutName name={name} title={source.kind === 'files' ? source.path : name} />
        <p className="dim num">
          {picked} of {sliceCount} slices
          {source.kind === 'phantom' && <strong className="tag">phantom</strong>}
          {isLeft && <span className="tag">left out</span>}
        </p>
        {volumeCount > 1 && !isLeft && (
          <NumberInput
            isDear
            label={`Volume, 0 to ${volumeCount - 1}`}
            value={volume}
            min={0}
            max={volumeCount - 1}
            disabled={isFixed}
            onChange={(chosen) => void pickVolume(volumeId, chosen)}
          />
        )}
      </div>
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${name}`}
        disabled={isOff}
        onClick={() => void removeVolume(volumeId)}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </li>
  );
}
