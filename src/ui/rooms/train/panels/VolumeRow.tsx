import X from 'lucide-react/icons/x';
import { GrayImage } from '../../../components/GrayImage';
import { useApp } from '../../../state/StoreContext';
import { isLocked } from '../state/selectors';
import type { TrainVolume } from '../state/types';

/** One volume: a slice of it, its name, and how many of its slices have enough foreground. */
export function VolumeRow({ volume: { added, source } }: { volume: TrainVolume }) {
  const isOff = useApp((s) => isLocked(s.train) || s.train.adding !== null);
  const { removeVolume } = useApp((s) => s.actions.train);
  const { volumeId, name, role, picked, sliceCount, thumbnail } = added;
  return (
    <li className="volume" data-testid="train-volume" data-role={role}>
      <GrayImage image={thumbnail} label={`A slice of ${name}`} letters />
      <div>
        <p className="volume-name" title={source.kind === 'files' ? source.path : name}>
          {name}
        </p>
        <p className="dim num">
          {picked} of {sliceCount} slices
          {source.kind === 'phantom' && <strong className="tag">phantom</strong>}
        </p>
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
