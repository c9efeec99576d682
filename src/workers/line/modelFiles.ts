/** Models as both workers read them: shipped ones from the page's own origin, others from dropped files. */
import { type ModelCard, parseModelCard } from '../../engine/cards/modelCard';
import { type Model, readModel, readOwnModel } from '../../engine/models/readModel';
import type { CachedWeights } from '../../platform/browser/weightsCache';
import { readBlob } from '../../volume/namedBlob';
import type { LoadProgress, ModelSource } from '../translate/protocol';

export interface ModelFiles {
  /** A file of the page's own origin, e.g. "weights/index.json". */
  fetchJson: (path: string) => Promise<unknown>;
  loadWeights: (
    path: string,
    expected: { sha256: string; bytes: number },
    onProgress: (receivedBytes: number, totalBytes: number) => void,
    signal: AbortSignal,
  ) => Promise<CachedWeights>;
}

export async function fetchCard({ fetchJson }: ModelFiles, id: string): Promise<ModelCard> {
  return parseModelCard(await fetchJson(`weights/${id}/card.json`));
}

/** The model of a source. Throws as `readModel` and `readOwnModel`. */
export async function openModel(
  files: ModelFiles,
  source: ModelSource,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
  /** Told the card of a shipped model before its weights are fetched. */
  onCard: (card: ModelCard) => void = () => {},
): Promise<Model & { fromCache: boolean }> {
  if (source.kind === 'file') {
    const { card, settings } = source;
    const about = { card: card && (await readBlob(card)), settings };
    return { ...(await readOwnModel(await readBlob(source.file), about)), fromCache: false };
  }
  const card = await fetchCard(files, source.id);
  onCard(card);
  const path = `weights/${card.id}/${card.weights.file}`;
  const report = (receivedBytes: number, totalBytes: number) => onProgress({ receivedBytes, totalBytes });
  const { bytes, fromCache } = await files.loadWeights(path, card.weights, report, signal);
  return { ...(await readModel(card, 'card.json', { name: card.weights.file, bytes })), fromCache };
}
