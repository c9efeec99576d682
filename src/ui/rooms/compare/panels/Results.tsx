import { useShallow } from 'zustand/react/shallow';
import { useApp } from '../../../state/StoreContext';
import { isOutdated, remarksOf } from '../state/selectors';
import { Charts } from './Charts';
import { ExportPanel } from './ExportPanel';
import { Pictures } from './Pictures';
import { ReportTable } from './ReportTable';

/** What came out, as far as it is there. */
export function Results() {
  const reports = useApp((s) => s.compare.reports);
  const remarks = useApp(useShallow((s) => remarksOf(s.compare)));
  const isOld = useApp(isOutdated);
  return (
    <>
      {isOld && (
        <p className="warning" role="status">
          This is of the choices as they were: press Start to bring it up to date.
        </p>
      )}
      {reports.length === 0 && (
        <div className="empty-stage">
          <p className="dim">Scores come with the first scan of a model.</p>
        </div>
      )}
      {reports.length > 0 && <ExportPanel />}
      {reports.map(({ suite, charts, tables: [first, ...others] }) => (
        <section key={suite} className="compare-report" aria-label={first?.title ?? suite}>
          {first && <ReportTable table={first} />}
          {suite === 'quality' &&
            remarks.map((text) => (
              <p key={text} className="warning" data-testid="compare-remark">
                {text}
              </p>
            ))}
          {suite === 'quality' && <Pictures />}
          <Charts charts={charts} />
          {others.map((table) => (
            <details key={table.id} className="disclosure">
              <summary>
                <h2>{table.title}</h2>
              </summary>
              <ReportTable table={{ ...table, title: '' }} />
            </details>
          ))}
        </section>
      ))}
    </>
  );
}
