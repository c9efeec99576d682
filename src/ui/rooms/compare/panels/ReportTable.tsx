import { Fragment, useMemo } from 'react';
import { AWAITED, bestRows, valueText } from '../../../../workers/translate/bench';
import type { Table } from '../../../../workers/translate/protocol';

/** A table of a report: the best of each column marked, and what failed with its reason. */
export function ReportTable({ table }: { table: Table }) {
  const { title, rowsAre, columns, rows, notes } = table;
  const best = useMemo(() => columns.map((column) => bestRows(table, column)), [table, columns]);
  return (
    <div className="compare-table" data-testid="compare-table">
      <div className="wide-scroll">
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
              <Fragment key={name}>
                <tr data-noted={isNoted(failed)}>
                  <th scope="row">{name}</th>
                  {failed === AWAITED ? (
                    <td colSpan={columns.length} className="dim">
                      {failed}
                    </td>
                  ) : (
                    columns.map((column, n) => (
                      <td key={column.id} data-best={best[n].has(row)}>
                        {valueText(values[column.id] ?? null, column)}
                        {best[n].has(row) && <span className="visually-hidden"> (best)</span>}
                      </td>
                    ))
                  )}
                </tr>
                {isNoted(failed) && (
                  // A sentence needs the width of the table, not that of a name.
                  <tr className="compare-reason">
                    <td colSpan={columns.length + 1}>
                      <p className={failed!.endsWith(AWAITED) ? 'dim' : 'warning'}>{failed}</p>
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
      {/* They speak of what is there. */}
      {(rows.every(({ failed }) => failed === AWAITED) ? [] : notes).map((note) => (
        <p key={note} className="dim">
          {note}
        </p>
      ))}
    </div>
  );
}

/** Whether something of the row is missing that is more than its turn, which has not come. */
const isNoted = (failed: string | null): boolean => failed !== null && failed !== AWAITED;
