/** A model's network as an ONNX file: the network alone, one reverse step or the one pass, with the card's facts as metadata. */
import type { ModelCard } from '../cards/modelCard';
import { methodOf } from '../methods';
import { graphOf } from '../methods/graphMaker';
import type { GraphKind } from '../onnx/layers';
import { modelFile } from '../onnx/modelFile';
import type { Model } from './readModel';

export interface OnnxOptions {
  /** Weights are stored as float16, and made float32 where the graph uses them. */
  readonly half: boolean;
  readonly kind: GraphKind;
  /** The program's. */
  readonly version: string;
}

/**
 * For square images of the card's size.
 * @throws as `graphOf`; BadRequest for weights that float16 cannot hold
 */
export async function onnxModel(
  { card, weights }: { card: ModelCard; weights: Pick<Model['weights'], 'state'> },
  { half, kind, version }: OnnxOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const side = card.preprocessing.size;
  const graph = await graphOf(card.network, weights.state, { kind, side, half });
  return modelFile(graph, {
    producerVersion: version,
    name: card.id,
    text: textOf(card),
    metadata: {
      card: card.id,
      card_version: card.version,
      name: card.name,
      weights_sha256: card.weights.sha256,
      network: JSON.stringify(card.network),
      diffusion: JSON.stringify(card.diffusion),
      preprocessing: JSON.stringify(card.preprocessing),
      graph: kind,
      dtype: half ? 'f16' : 'f32',
    },
  });
}

function textOf({ source, target, network, diffusion }: ModelCard): string {
  const method = methodOf(network);
  const once = diffusion.steps === 1 ? 'in one pass' : 'one reverse step';
  return `${method.label}, ${method.network}: ${source} to ${target}, ${once}. Research only, not for clinical use.`;
}
