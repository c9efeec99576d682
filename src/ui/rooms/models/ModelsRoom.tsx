import type { ReactNode } from 'react';
import type { ModelCard } from '../../../workers/translate/protocol';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { FailureNote } from '../../components/FailureNote';
import { FileButton } from '../../components/FileButton';
import { MODEL_ENDINGS } from '../../state/files';
import { useApp } from '../../state/StoreContext';
import { ModelCardView } from './ModelCardView';
import './models.css';

/** Every model with its card in full, and the place to bring one's own weights. */
export function ModelsRoom() {
  const models = useApp((s) => s.models);
  const loaded = useApp((s) => s.loaded);
  const phase = useApp((s) => s.engine.phase);
  const opening = useApp((s) => s.opening);
  const running = useApp((s) => s.run !== null);
  const { addWeights } = useApp((s) => s.actions);
  const own = Object.values(loaded).filter((model) => model.custom);
  return (
    <main className="prose-room models-room">
      <h1>Models</h1>
      <p>
        Each model translates one contrast into one other. Its card says what it was made of and what it can
        do.
      </p>
      <div className="drop models-drop" data-drop="weights" data-drop-label="Own weights">
        <p>
          <strong>Own weights</strong>
          <br />
          <span className="dim">
            Drop a SynDiff generator, the authors' .pth or a .safetensors file, with its card.json if there is
            one. It is read here and never run as code.
          </span>
        </p>
        <FileButton
          label={opening === 'weights' ? 'Reading…' : 'Choose a file…'}
          accept={MODEL_ENDINGS}
          multiple
          disabled={opening !== null || running || phase !== 'ready'}
          onFiles={(files) => void addWeights(files)}
        />
      </div>
      <div className="model-cards">
        {own.map(({ card, parameters }) => (
          <CardBoundary key={card.id} card={card}>
            <ModelCardView card={card} parameters={parameters} isOwn />
          </CardBoundary>
        ))}
        {models.map((card) => (
          <CardBoundary key={card.id} card={card}>
            <ModelCardView card={card} parameters={loaded[card.id]?.parameters ?? null} isOwn={false} />
          </CardBoundary>
        ))}
      </div>
      {models.length === 0 && (
        <p className="dim">
          {phase === 'starting'
            ? 'The engine is starting; the models come with it.'
            : 'No model is shipped here.'}
        </p>
      )}
    </main>
  );
}

/** A card that cannot be drawn says so in its own place. */
function CardBoundary({ card: { id }, children }: { card: ModelCard; children: ReactNode }) {
  return (
    <ErrorBoundary
      fallback={(failure, tryAgain) => (
        <article className="model-card" data-testid="card-failure" aria-label={id}>
          <h2>{id}: this card cannot be shown</h2>
          <FailureNote failure={failure} onTryAgain={tryAgain} />
        </article>
      )}
    >
      {children}
    </ErrorBoundary>
  );
}
