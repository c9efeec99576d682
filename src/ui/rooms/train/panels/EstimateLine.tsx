import { Facts } from '../../../components/Facts';
import { formatBytes } from '../../../format';
import { useApp } from '../../../state/StoreContext';

/** What a run will take of the backend's memory: one line, in parts when opened. */
export function EstimateLine() {
  const estimate = useApp((s) => s.train.estimate);
  // What is read now is not counted yet.
  const isEstimating = useApp((s) => s.train.isEstimating || s.train.adding !== null);
  const backend = useApp((s) => s.train.backend);
  const kernels = useApp((s) => s.train.kernels);
  if (!estimate)
    return (
      <p className="estimate-none dim" data-testid="train-estimate">
        {isEstimating ? 'Memory is estimated…' : 'Memory: not known yet.'}
      </p>
    );
  const { total, limit, parts, largestTensor, largestBuffer, fits, sentence } = estimate;
  return (
    <details className="disclosure estimate" data-testid="train-estimate" data-fits={fits}>
      <summary>
        <span className="num">
          Memory {formatBytes(total)}
          {limit !== null && <span className="dim"> of {formatBytes(limit)}</span>}
        </span>
        <span className="dim">{isEstimating ? '…' : backend}</span>
      </summary>
      <Facts
        entries={[
          ...parts.map(({ label, bytes }) => [label, formatBytes(bytes)] as const),
          [
            'Largest tensor',
            `${formatBytes(largestTensor)}${largestBuffer === null ? '' : ` of ${formatBytes(largestBuffer)}`}`,
          ],
          ['Kernels', kernels.join('; ')],
        ]}
      />
      <p className={fits ? 'dim' : 'warning'}>{sentence}</p>
    </details>
  );
}
