import { shortName } from '../../../plainText';
import { networkText } from '../../../workers/train/settings';
import type { ModelCard } from '../../../workers/translate/protocol';
import { sameContrastText } from '../../../workers/translate/provenance';
import { Facts } from '../../components/Facts';
import { formatBytes, formatGrid, formatMaps } from '../../format';
import { useApp } from '../../state/StoreContext';
import { LesionTable } from './LesionTable';
import { MetricsTable } from './MetricsTable';
import { OwnModelForm } from './OwnModelForm';

/** A model card in full. */
export function ModelCardView({
  card,
  parameters,
  isOwn,
}: {
  card: ModelCard;
  /** Null until the weights have been read. */
  parameters: number | null;
  isOwn: boolean;
}) {
  const chosen = useApp((s) => s.cardId === card.id);
  const hasCard = useApp((s) => s.own[card.id]?.card !== undefined);
  const running = useApp((s) => s.run !== null);
  const { pickModel } = useApp((s) => s.actions);
  const odd = sameContrastText(card);
  const { network, weights, preprocessing, diffusion, training } = card;
  return (
    <article className="model-card" aria-label={card.name}>
      <header>
        <div>
          <h2>
            {shortName(card.name)} <span className="dim num">{card.version}</span>
          </h2>
          <p className="dim">
            {card.source} → {card.target}
            {isOwn ? ', own weights' : ''}
            {isOwn && hasCard ? ' with their card' : ''}
          </p>
        </div>
        <button
          type="button"
          className="button"
          aria-pressed={chosen}
          disabled={chosen || running}
          onClick={() => pickModel(card.id)}
        >
          {chosen ? 'In use' : 'Use this model'}
        </button>
      </header>
      {odd && <p className="warning">{odd}</p>}
      <OwnModelForm card={card} />
      <p>{card.intendedUse}</p>
      {card.metrics.rows.length > 0 && <MetricsTable metrics={card.metrics} />}
      {card.metrics.note && <p className="dim">{card.metrics.note}</p>}
      {card.metrics.lesions?.map((lesions) => (
        <LesionTable key={lesions.rule} lesions={lesions} />
      ))}
      {card.limits.length > 0 && (
        <>
          <h3>Limits</h3>
          <ul>
            {card.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </>
      )}
      <h3>Made of</h3>
      <Facts
        entries={[
          ['Training data', training.data],
          ['Data licence', training.licence],
          [
            'Training',
            `${training.variant}, ${training.iterations.toLocaleString('en')} iterations, ${training.date}`,
          ],
          ['Code', training.commit],
          ['Weights licence', card.licence],
          [
            'Weights',
            `${weights.file}, ${weights.dtype}, ${formatBytes(weights.bytes)}${parameters ? `, ${parameters.toLocaleString('en')} parameters` : ''}`,
          ],
          ['SHA-256', <code key="sha">{weights.sha256}</code>],
          [
            'Input',
            `${preprocessing.plane} slices, ${formatGrid(preprocessing)}, intensity ${formatMaps(preprocessing)}`,
          ],
          ['Network', networkText(network)],
          [
            'Diffusion',
            `${diffusion.steps} steps, ${diffusion.schedule}, beta ${diffusion.betaMin} to ${diffusion.betaMax}`,
          ],
        ]}
      />
    </article>
  );
}
