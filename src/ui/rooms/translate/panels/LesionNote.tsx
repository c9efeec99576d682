import { useApp } from '../../../state/StoreContext';
import { chosenCard, currentSlice } from '../state/selectors';
import { lesionWords } from './lesionWords';

/** Under a synthetic slice, always in sight: what the chosen model does to lesions, as far as that was measured. */
export function LesionNote() {
  const card = useApp(chosenCard);
  const isShown = useApp((s) => currentSlice(s) !== null);
  return (
    <p className="lesion-note num" data-testid="lesion-note">
      {card && isShown && lesionWords(card)}
    </p>
  );
}
