/** Models as both workers read them: shipped ones from the page's own origin, others from dropped files. */
import { customCard } from '../../engine/cards/customCard';
import { droppedCard } from '../../engine/cards/droppedCard';
import { type ModelCard, parseModelCard } from '../../engine/cards/modelCard';
import { sha256 } from '../../engine/formats/sha256';
import { readWeights, type Weights } from '../../engine/models/readWeights';
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

export async function readModel(
  files: ModelFiles,
  source: ModelSource,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<{ card: ModelCard; weights: Weights; fromCache: boolean }> {
  if (source.kind === 'file') {
    const { card, settings } = source;
    const file = await readBlob(source.file);
    const facts = { name: file.name, bytes: file.bytes.byteLength, sha256: await sha256(file.bytes) };
    const dropped = card && droppedCard(await readBlob(card), facts);
    const weights = await readWeights(file);
    return { card: dropped ?? customCard(facts, weights, settings), weights, fromCache: false };
  }
  const card = await fetchCard(files, source.id);
  const path = `weights/${card.id}/${card.weights.file}`;
  const report = (receivedBytes: number, totalBytes: number) => onProgress({ receivedBytes, totalBytes });
  const { bytes, fromCache } = await files.loadWeights(path, card.weights, report, signal);
  return { card, weights: await readWeights({ name: card.weights.file, bytes }), fromCache };
}
