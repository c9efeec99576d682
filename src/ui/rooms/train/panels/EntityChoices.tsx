import type { Role } from '../../../../workers/train/protocol';
import { useApp } from '../../../state/StoreContext';
import { scanChoice } from '../state/scanChoice';
import { isLocked, ROLE_SIDES } from '../state/selectors';

/** Which of several scans of a contrast and visit are meant: a list for each entity in which their names differ. */
export function EntityChoices({ of: role }: { of: Role }) {
  const { choices, problems, notes } = useApp((s) => scanChoice(s.train));
  const isOff = useApp((s) => isLocked(s.train));
  const { pickEntity } = useApp((s) => s.actions.train);
  const [problem, note] = [problems[role], notes[role]];
  return (
    <>
      {problem !== null && (
        <p className="warning" role="status">
          {problem}.
        </p>
      )}
      {note !== null && <p className="dim">{note}.</p>}
      {choices[role].map(({ entity, values, chosen, isNeeded }) => (
        <label className="field" key={entity}>
          <span>Scans with {entity}</span>
          <select
            value={chosen?.join() ?? ''}
            disabled={isOff}
            onChange={({ target }) =>
              pickEntity(ROLE_SIDES[role], entity, target.value === '' ? null : target.value.split(','))
            }
          >
            <option value="">{isNeeded ? 'choose…' : 'all'}</option>
            {values.map((some) => (
              <option key={some.join()} value={some.join()}>
                {some.join(' or ')}
              </option>
            ))}
          </select>
        </label>
      ))}
    </>
  );
}
