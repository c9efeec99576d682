import { useApp } from '../../../state/StoreContext';

const FIELDS = [
  { id: 'data', label: 'What the scans are', empty: 'their number and contrasts' },
  { id: 'licence', label: 'Licence of scans and model', empty: "as the training scans' owner decides" },
] as const;

/** A card is read by others: longer texts are no line of it. */
const MOST = 300;

/** What the card of a model says of the scans behind it. */
export function CardWords({ runId }: { runId: string }) {
  const words = useApp((s) => s.train.cardWords);
  const { setCardWords } = useApp((s) => s.actions.train);
  return (
    <details className="disclosure">
      <summary>
        <h3>Words for the model's card</h3>
      </summary>
      <fieldset>
        {FIELDS.map(({ id, label, empty }) => (
          <label key={id} className="field">
            <span>{label}</span>
            <input
              type="text"
              maxLength={MOST}
              placeholder={empty}
              value={words?.runId === runId ? words[id] : ''}
              onChange={({ target }) => setCardWords({ [id]: target.value })}
            />
          </label>
        ))}
      </fieldset>
    </details>
  );
}
