import type { ModelCard } from '../../workers/protocol';

/** Says in sight that a model is only for trying the path, with the first of its limits. */
export function InterimTag({ card }: { card: ModelCard }) {
  return (
    <p className="interim">
      <strong>Interim</strong> {card.limits[0] ?? 'For trying the path, not for judging the method.'}
    </p>
  );
}
