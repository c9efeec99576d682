import type { ModelCard } from '../../../workers/translate/protocol';
import { metricsColumns } from './metricsColumns';
import { useFold } from './useFold';

/** Held-out figures with their n and split; beside them what the untranslated source and simpler methods would score. */
export function MetricsTable({ metrics }: { metrics: ModelCard['metrics'] }) {
  const { data, split, n, rows } = metrics;
  const { shown, button } = useFold(rows);
  const columns = metricsColumns(rows);
  const cells = (at: number) => columns.map(({ name, cells }) => <td key={name}>{cells[at]}</td>);
  return (
    <>
      <div className="wide-scroll">
        <table className="metrics num">
          <caption>
            {data}, {split}, n = {n}
          </caption>
          <thead>
            <tr>
              <th scope="col">Scan</th>
              {columns.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ label }, at) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {cells(at)}
              </tr>
            ))}
          </tbody>
          {rows.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row">Mean of the scans</th>
                {cells(rows.length)}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {button}
    </>
  );
}
