import { useMemo } from 'react';
import { bestRows } from '../../../../workers/translate/bench';
import type { Column, Table, TableValue } from '../../../../workers/translate/protocol';

/** A table of a report: the best of each column marked, and what failed with its reason. */
export function ReportTable({ table }: { table: Table }) {
  const { title, rowsAre, columns, rows, notes } = table;
  const best = useMemo(() => columns.map((column) => bestRows(table, column)), [table, columns]);
  return (
    <div className="compare-table" data-testid="compare-table">
      <div className="compare-table-scroll">
        <table className="num">
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{rowsAre}</th>
              {columns.map(({ id, label, better }) => (
                <th key={id} scope="col">
                  {label}
                  {better && (
                    <span className="dim" title={`${better} is better`} aria-hidden="true">
                      {better === 'higher' ? ' ↑' : ' ↓'}
                    </span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, values, failed }, row) => (
              <tr key={name} data-failed={failed !== null}>
                <th scope="row">
                  {name}
                  {failed !== null && <p className="warning">{failed}</p>}
                </th>
                {columns.map((column, n) => (
                  <td key={column.id} data-best={best[n].has(row)}>
                    {valueText(values[column.id] ?? null, column)}
                    {best[n].has(row) && <span className="visually-hidden"> (best)</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {notes.map((note) => (
        <p key={note} className="dim">
          {note}
        </p>
      ))}
    </div>
  );
}

function valueText(value: TableValue, { digits }: Pick<Column, 'digits'>): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return value.toFixed(digits);
  const { mean, std } = value;
  return std === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${std.toFixed(digits)}`;
}
