import type { ModelCard } from '../../workers/protocol';

type Lesions = NonNullable<ModelCard['metrics']['lesions']>[number];

/** What the model keeps of each patient's lesions, by one rule; why where a patient is left out. */
export function LesionTable({ lesions }: { lesions: Lesions }) {
  const { data, split, rows, rule, shareKept } = lesions;
  const hasReasons = rows.some(({ reason }) => reason !== undefined);
  return (
    <>
      <div className="metrics-scroll">
        <table className="metrics num">
          <caption>
            Lesions, {data}, {split}
            {shareKept === null ? '' : `: median share of the contrast kept ${percent(shareKept, 0)} %`}
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
            {rows.map((row) => (
              <tr key={row.label}>
                <th scope="row">{row.label}</th>
                <td>{percent(row.realContrast, 0)}</td>
                <td>{percent(row.kept, 0)}</td>
                <td>
                  {row.dice === null ? '–' : `${row.dice.toFixed(2)} (${row.diceReal?.toFixed(2) ?? '–'})`}
                </td>
                <td>{percent(row.falseBright, 2)}</td>
                {hasReasons && <td>{row.reason}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="dim">{rule}</p>
    </>
  );
}

function percent(share: number | null, digits: number): string {
  return share === null ? '–' : (100 * share).toFixed(digits);
}
