import type { ModelCard } from '../../workers/protocol';

/** Says in sight that a model is only for trying the path. */
export function InterimTag({ card }: { card: ModelCard }) {
  return (
    <p className="interim">
      <strong>Interim</strong>{' '}
      {card.metrics.note ??
        'For trying the path; by its own figures hardly better than a copy of the source.'}
    </p>
  );
}
