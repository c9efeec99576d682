/**
 * onnxruntime-web, which others would take, as engines whose speed is compared, on the graphs that this program writes. The runtime is no
 * part of the program: who has it passes it in.
 */
import { BadRequest } from '../../errors';
import { makeSchedule } from '../diffusion/schedule';
import { onnxModel } from '../models/onnxModel';
import type { GraphKind } from '../onnx/layers';
import { type Contender, type SpeedTask, threadsText } from './speed';

export type OnnxRuntime = Pick<typeof import('onnxruntime-web'), 'env' | 'InferenceSession' | 'Tensor'>;

export interface OnnxEngine {
  provider: 'wasm' | 'webgpu';
  /** Of wasm: the runtime takes the first number that it is given, so that engines with another one need another process or worker. */
  threads?: number;
  graph: GraphKind;
}

/** @param version the program's @param load @throws BadRequest where the runtime is not installed */
export function onnxEngine(
  { provider, threads = 1, graph }: OnnxEngine,
  version: string,
  load: () => Promise<OnnxRuntime>,
): Contender {
  const how = provider === 'wasm' ? threadsText(threads) : `${graph} graph`;
  return {
    id: `onnx-${provider}-${provider === 'wasm' ? threads : graph}`,
    label: `onnxruntime-web ${provider}, ${how}`,
    start: async ({ card, weights, source, draws }: SpeedTask) => {
      const { env, InferenceSession, Tensor } = await load();
      env.wasm.numThreads = threads;
      const bytes = await onnxModel(
        { card, weights: { state: weights } },
        { half: false, kind: graph, version },
      );
      const session = await InferenceSession.create(bytes, { executionProviders: [provider] });
      const { size } = card.preprocessing;
      const image = [1, 1, size, size];
      const { steps, told } = makeSchedule(card.diffusion);
      /** What the graphs of all methods may take: methods/<method>/graph.ts. */
      const inputs: Record<string, () => InstanceType<OnnxRuntime['Tensor']>> = {
        source: () => new Tensor('float32', source, image),
        x: () => new Tensor('float32', draws.noise(steps), image),
        t: () => new Tensor('float32', Float32Array.of(told[steps - 1]), [1]),
        z: () => {
          const z =
            'nz' in card.network ? draws.latent(steps - 1, Number(card.network.nz)) : new Float32Array(0);
          return new Tensor('float32', z, [1, z.length]);
        },
      };
      const unknown = session.inputNames.find((name) => !(name in inputs));
      if (unknown !== undefined) {
        await session.release();
        throw new BadRequest(`onnxruntime-web: takes no input "${unknown}" here; leave this model out`);
      }
      const feeds = Object.fromEntries(session.inputNames.map((name) => [name, inputs[name]()]));
      return {
        step: async () => {
          const results = await session.run(feeds);
          return (await results[session.outputNames[0]].getData()) as Float32Array;
        },
        dispose: () => session.release(),
      };
    },
  };
}
