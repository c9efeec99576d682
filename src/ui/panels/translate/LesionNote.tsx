import { useApp } from '../../state/StoreContext';
import { chosenCard } from '../../state/selectors';
import { lesionWords } from './lesionWords';

/** Under the panes, always in sight: what the chosen model does to lesions, as far as that was measured. */
export function LesionNote() {
  const card = useApp(chosenCard);
  return (
    <p className="lesion-note num" data-testid="lesion-note">
      {card && lesionWords(card)}
    </p>
  );
}
