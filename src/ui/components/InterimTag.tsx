import type { ModelCard } from '../../workers/protocol';

/** Says in sight that a model is only for trying the path, and by its own figures what it is worth. */
export function InterimTag({ card }: { card: ModelCard }) {
  return (
    <p className="interim num">
      <strong>Interim</strong> A stand-in until better weights are trained. {worth(card.metrics)}
    </p>
  );
}

/** Mean PSNR of the card's rows beside that of a copy of the source. */
function worth({ n, rows }: ModelCard['metrics']): string {
  const compared = rows.filter((row) => row.psnrCopy !== undefined);
  if (compared.length === 0) return '';
  const mean = (values: number[]) => (values.reduce((sum, v) => sum + v, 0) / values.length).toFixed(2);
  const own = mean(compared.map((row) => row.psnr));
  const copy = mean(compared.map((row) => row.psnrCopy ?? 0));
  return `Mean PSNR ${own} dB on ${n} test patients; the untranslated source has ${copy} dB.`;
}
