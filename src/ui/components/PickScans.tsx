import { useEffect, useRef, useState } from 'react';
import { shortName } from '../../plainText';
import { partnersOf } from '../rooms/translate/state/dropPlan';
import { chosenCard } from '../rooms/translate/state/selectors';
import { useApp } from '../state/StoreContext';
import type { PickQuestion } from '../state/types';
import { Sheet } from './Sheet';
import './pickScans.css';

/** Which of several scans are the source and its reference. */
export function PickScans() {
  const pick = useApp((s) => s.pick);
  // One element a question, so that it begins anew.
  return pick && <Choice key={pick.paths.join('\n')} pick={pick} />;
}

function Choice({ pick: { paths, ...given } }: { pick: PickQuestion }) {
  const { answerPick } = useApp((s) => s.actions);
  const target = useApp((s) => chosenCard(s)?.target);
  const [source, setSource] = useState(given.source);
  const [reference, setReference] = useState(given.reference);
  const asksSource = source !== null;
  const begins = [given.source, given.reference]
    .flatMap((place) => (place === null ? [] : [shortName(paths[place])]))
    .join(' and ');
  const first = useRef<HTMLSelectElement>(null);
  // After the sheet has opened, which takes the focus to its first button.
  useEffect(() => first.current?.focus(), []);
  const options = (left: number | null) =>
    paths.map((path, place) => (
      <option key={path} value={place} disabled={place === left}>
        {shortName(path)}
      </option>
    ));
  const pickSource = (place: number) => {
    setSource(place);
    const partners = partnersOf(paths, (path) => path, paths[place], target ?? null);
    setReference(partners.length === 1 ? paths.indexOf(partners[0]) : null);
  };
  return (
    <Sheet
      title={asksSource ? 'Which scan is translated?' : 'Which scan is the reference?'}
      onClose={() => answerPick(null)}
    >
      <form
        className="pick-scans"
        data-testid="pick-scans"
        onSubmit={(event) => {
          event.preventDefault();
          answerPick({ source, reference });
        }}
      >
        <p className="dim num">
          The names of these {paths.length} scans do not tell which are meant. The choice begins with {begins}
          , {given.why}.
        </p>
        {source !== null && (
          <label>
            Source
            <select ref={first} value={source} onChange={(event) => pickSource(Number(event.target.value))}>
              {options(null)}
            </select>
          </label>
        )}
        <label>
          Reference
          <select
            ref={asksSource ? undefined : first}
            value={reference ?? ''}
            onChange={(event) => setReference(event.target.value === '' ? null : Number(event.target.value))}
          >
            {asksSource && <option value="">none</option>}
            {options(source)}
          </select>
        </label>
        <div className="pick-scans-buttons">
          <button type="submit" className="button primary">
            Open
          </button>
          <button type="button" className="button" onClick={() => answerPick(null)}>
            Cancel
          </button>
        </div>
      </form>
    </Sheet>
  );
}
