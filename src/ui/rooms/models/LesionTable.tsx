import { type Lesions, lesionKind, percentText } from './lesionKinds';
import { useFold } from './useFold';

/** What the model keeps of each patient's lesions, by one rule; why where a patient or its false bright is left out. */
export function LesionTable({ lesions }: { lesions: Lesions }) {
  const { data, split, rows, rule, shareKept } = lesions;
  const { shown, button } = useFold(rows);
  const isLeftOut = ({ kept }: Lesions['rows'][number]) => kept === null;
  const hasReasons = rows.some((row) => isLeftOut(row) && row.reason !== undefined);
  // Beside full scores the reason is the missing share's alone.
  const notes = new Set(rows.flatMap((row) => (isLeftOut(row) || !row.reason ? [] : row.reason)));
  return (
    <>
      <div className="wide-scroll">
        <table className="metrics num">
          <caption>
            {lesionKind(lesions).heading} ({data}, {split})
            {shareKept === null ? '' : `: median share of the contrast kept ${percentText(shareKept)} %`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Scan</th>
              <th scope="col">Real contrast %</th>
              <th scope="col">Kept %</th>
              <th scope="col">Dice (real image)</th>
              <th scope="col">False bright %</th>
              {hasReasons && <th scope="col">Left out</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.label}>
                <th scope="row">{row.label}</th>
                <td>{percentText(row.realContrast)}</td>
                <td>{percentText(row.kept)}</td>
                <td>
                  {row.dice === null ? '–' : `${row.dice.toFixed(2)} (${row.diceReal?.toFixed(2) ?? '–'})`}
                </td>
                <td title={isLeftOut(row) ? undefined : row.reason}>
                  {percentText(row.falseBright, 2)}
                  {!isLeftOut(row) && row.reason && '*'}
                </td>
                {hasReasons && <td>{isLeftOut(row) && row.reason}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {button}
      {notes.size > 0 && <p className="dim">* False bright not measured: {[...notes].join('; ')}.</p>}
      <p className="dim">{rule}</p>
    </>
  );
}
