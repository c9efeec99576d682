import { version } from '../../../../package.json';
import { chartSvg, tablesCsv } from '../../../workers/translate/bench';
import type { SuiteReport } from '../../../workers/translate/protocol';
import { download } from '../../download';
import { useApp } from '../../state/StoreContext';
import { chartPng } from '../compare/panels/chartPng';
import type { Asked } from './benchState';

interface Props {
  /** See BenchState. */
  disturbed: readonly string[];
  report: SuiteReport;
  asked: Asked;
  machine: string | null;
}

/** Files to take away. */
export function BenchExport({ report, asked, machine, disturbed }: Props) {
  const { notify } = useApp((s) => s.actions);
  const stem = `${asked.model.card.id}_speed`;
  const json = () => {
    const { id, network, weights } = asked.model.card;
    const facts = {
      Description: 'Speed of a model on a machine, by several engines in one run',
      Machine: machine,
      UserAgent: navigator.userAgent,
      Model: { Id: id, Method: network.method, WeightsSha256: weights.sha256 },
      Quick: asked.quick,
      ...(disturbed.length > 0 && { Disturbed: disturbed }),
      // Of the measurement.
      Date: new Date(asked.begun).toISOString(),
      GeneratedBy: [{ Name: 'SynDiff Web', Version: version }],
      Reports: [report],
    };
    download(`${stem}.json`, `${JSON.stringify(facts, null, 2)}\n`, 'application/json');
  };
  const charts = report.charts.filter(({ series }) => series.some(({ points }) => points.length > 1));
  const png = async () => {
    try {
      for (const chart of charts)
        download(`${stem}-${chart.id}.png`, await chartPng(chartSvg(chart)), 'image/png');
    } catch (error) {
      notify('error', `Chart: could not be made, got ${String(error)}; try again.`);
    }
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
      <button
        type="button"
        className="button small"
        data-testid="bench-png"
        disabled={charts.length === 0}
        onClick={() => void png()}
      >
        Chart, PNG
      </button>
      <span className="dim">Results stay until the page is closed or reloaded.</span>
    </section>
  );
}
