import { version } from '../../../../package.json';
import { tablesCsv } from '../../../workers/translate/bench';
import type { SuiteReport } from '../../../workers/translate/protocol';
import { download } from '../../download';
import type { Asked } from './benchState';

interface Props {
  report: SuiteReport;
  asked: Asked;
  machine: string | null;
}

/** Files to take away. */
export function BenchExport({ report, asked, machine }: Props) {
  const stem = `${asked.model.card.id}_speed`;
  const json = () => {
    const { id, network, weights } = asked.model.card;
    const facts = {
      Description: 'Speed of a model on a machine, by several engines in one run',
      Machine: machine,
      UserAgent: navigator.userAgent,
      Model: { Id: id, Method: network.method, WeightsSha256: weights.sha256 },
      Quick: asked.quick,
      Date: new Date().toISOString(),
      GeneratedBy: [{ Name: 'SynDiff Web', Version: version }],
      Reports: [report],
    };
    download(`${stem}.json`, `${JSON.stringify(facts, null, 2)}\n`, 'application/json');
  };
  return (
    <section className="compare-exports" aria-label="Files to take away">
      <button
        type="button"
        className="button small"
        data-testid="bench-csv"
        onClick={() => download(`${stem}.csv`, tablesCsv(report.tables), 'text/csv')}
      >
        Tables, CSV
      </button>
      <button type="button" className="button small" data-testid="bench-json" onClick={json}>
        All results, JSON
      </button>
      <span className="dim">Results stay until the page is closed or reloaded.</span>
    </section>
  );
}
