import { version } from '../../../../../package.json';
import { chartSvg } from '../../../../workers/translate/bench';
import { download } from '../../../download';
import { useApp, useGetState } from '../../../state/StoreContext';
import { rowsToPng } from '../../../viewer/savePng';
import { comparisonCsv, comparisonJson, exportStem } from '../state/exports';
import { NOT_MADE, pictureGrid } from '../state/pictureGrid';
import { shownPlace } from '../state/selectors';
import { chartPng } from './chartPng';

/** Files to take away: the tables, the pictures of the slice that is looked at, and the charts. */
export function ExportPanel() {
  const hasPictures = useApp((s) => s.compare.made.size > 0);
  const { notify } = useApp((s) => s.actions);
  const getState = useGetState();

  const csv = () => download(`${exportStem(getState())}.csv`, comparisonCsv(getState()), 'text/csv');
  const json = () =>
    download(
      `${exportStem(getState())}.json`,
      comparisonJson(getState(), { date: new Date(), version }),
      'application/json',
    );
  const figure = async () => {
    const { compare } = getState();
    const { asked } = compare;
    const place = shownPlace(compare);
    if (!place || !asked) return;
    const columns = pictureGrid(compare, asked, place);
    const rows = [
      columns.map(({ image, title }) => image ?? { title, empty: NOT_MADE }),
      columns.map(({ difference }) => difference),
    ];
    const stem = exportStem(getState());
    try {
      const note = `${place.pairId}, slice ${place.index}`;
      download(`${stem}_slice-${place.index}.png`, await rowsToPng(rows, { note }), 'image/png');
      for (const { suite, charts } of compare.reports)
        for (const chart of charts)
          if (chart.series.some(({ points }) => points.length > 1))
            download(`${stem}_${suite}-${chart.id}.png`, await chartPng(chartSvg(chart)), 'image/png');
    } catch (error) {
      notify('error', `Figure: could not be made, got ${String(error)}; try again.`, 'compare');
    }
  };

  return (
    <section className="compare-exports" aria-label="Files to take away">
      <button type="button" className="button small" data-testid="compare-csv" onClick={csv}>
        Tables, CSV
      </button>
      <button type="button" className="button small" data-testid="compare-json" onClick={json}>
        All results, JSON
      </button>
      <button
        type="button"
        className="button small"
        data-testid="compare-png"
        disabled={!hasPictures}
        onClick={() => void figure()}
      >
        Pictures and charts, PNG
      </button>
      <span className="dim">Results stay until the page is closed or reloaded.</span>
    </section>
  );
}
