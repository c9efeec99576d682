import type { ModelCard } from '../../workers/protocol';

/** Held-out figures with their n and split; beside them what the untranslated source itself would score. */
export function MetricsTable({ metrics }: { metrics: ModelCard['metrics'] }) {
  const hasCopy = metrics.rows.some((row) => row.psnrCopy !== undefined);
  return (
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
          </tr>
        ))}
      </tbody>
    </table>
  );
}
