import type { ModelCard } from '../../workers/protocol';

type Metrics = ModelCard['metrics'];
type Row = Metrics['rows'][number];

/** Held-out figures with their n and split; beside them what the untranslated source itself would score. */
export function MetricsTable({ metrics }: { metrics: Metrics }) {
  const hasCopy = metrics.rows.some((row) => row.psnrCopy !== undefined);
  const parts = (['foreground', 'inside'] as const).filter((part) => metrics.rows.some((row) => row[part]));
  const hasHu = metrics.rows.some((row) => row.maeHu);
  return (
    <div className="metrics-scroll">
      <table className="metrics num">
        <caption>
          {metrics.data}, {metrics.split}, n = {metrics.n}
        </caption>
        <thead>
          <tr>
            <th scope="col">Scan</th>
            <th scope="col">PSNR dB</th>
            <th scope="col">SSIM %</th>
            <th scope="col">MAE</th>
            {hasCopy && <th scope="col">PSNR dB of the source</th>}
            {parts.map((part) => (
              <th scope="col" key={part}>
                {PART_NAMES[part]} PSNR dB (of the source)
              </th>
            ))}
            {hasHu && <th scope="col">MAE HU: whole, head, bone</th>}
          </tr>
        </thead>
        <tbody>
          {metrics.rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              <td>{row.psnr.toFixed(2)}</td>
              <td>{(100 * row.ssim).toFixed(1)}</td>
              <td>{row.mae.toFixed(3)}</td>
              {hasCopy && <td>{row.psnrCopy?.toFixed(2) ?? '–'}</td>}
              {parts.map((part) => (
                <td key={part}>{partText(row[part])}</td>
              ))}
              {hasHu && <td>{huText(row.maeHu)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const PART_NAMES = { foreground: 'Foreground', inside: 'Inside the brain' } as const;

function partText(scores: Row['foreground']): string {
  if (!scores) return '–';
  const { psnr, psnrCopy } = scores;
  return `${psnr.toFixed(2)}${psnrCopy === undefined ? '' : ` (${psnrCopy.toFixed(2)})`}`;
}

function huText(errors: Row['maeHu']): string {
  if (!errors) return '–';
  return [errors.whole, errors.head, errors.bone].map((error) => error?.toFixed(0) ?? '–').join(', ');
}
