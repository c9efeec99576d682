/** A model's network as an ONNX file: the network alone, one reverse step or the one pass, with the card's facts as metadata. */
import type { ModelCard } from '../cards/modelCard';
import { posteriorAt } from '../diffusion/diffusion';
import { makeSchedule } from '../diffusion/schedule';
import { methodOf } from '../methods';
import { graphOf } from '../methods/graphMaker';
import type { Port } from '../onnx/graph';
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

export interface OnnxFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** What goes in and what comes out. */
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** The bytes of `onnxFile`. */
export const onnxModel = async (...given: Parameters<typeof onnxFile>): Promise<OnnxFile['bytes']> =>
  (await onnxFile(...given)).bytes;

/**
 * For square images of the card's size.
 * @throws as `graphOf`; BadRequest for weights that float16 cannot hold
 */
export async function onnxFile(
  { card, weights }: { card: ModelCard; weights: Pick<Model['weights'], 'state'> },
  { half, kind, version }: OnnxOptions,
): Promise<OnnxFile> {
  const side = card.preprocessing.size;
  const graph = await graphOf(card.network, weights.state, { kind, side, half });
  const bytes = modelFile(graph, {
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
      ...(card.network.method === 'syndiff' && { chain: JSON.stringify(chainOf(card)) }),
      preprocessing: JSON.stringify(card.preprocessing),
      graph: kind,
      dtype: half ? 'f16' : 'f32',
    },
  });
  return { bytes, inputs: graph.inputs, outputs: graph.outputs };
}

/**
 * The steps of the chain in their order, by which others make an image of the graph (onnx/README.md): of each what `t` is told, and
 * with x0 of the graph the next x = c1 x0 + c2 x + deviation N(0, 1).
 */
function chainOf({ diffusion }: ModelCard): { t: number; c1: number; c2: number; deviation: number }[] {
  const schedule = makeSchedule(diffusion);
  return schedule.told.map((t, step) => ({ t, ...posteriorAt(schedule, step) })).reverse();
}

function textOf({ source, target, network, diffusion }: ModelCard): string {
  const method = methodOf(network);
  const once = diffusion.steps === 1 ? 'in one pass' : 'one reverse step';
  return `${method.label}, ${method.network}: ${source} to ${target}, ${once}. Research only, not for clinical use.`;
}
