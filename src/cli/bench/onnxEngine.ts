/** onnxruntime-web, which others would take, as an engine whose speed is compared: on wasm, the graph that this program writes. */
import type { Contender, SpeedTask } from '../../engine/bench/speed';
import { makeSchedule } from '../../engine/diffusion/schedule';
import { onnxModel } from '../../engine/models/onnxModel';
import { BadRequest } from '../../errors';
import { packageVersion } from '../../platform/node/packageRoot';

type Runtime = typeof import('onnxruntime-web');

export const onnxEngine = (threads: number): Contender => ({
  id: 'onnx',
  label: `onnxruntime-web wasm, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
  start: async ({ card, weights, source, draws }: SpeedTask) => {
    const { env, InferenceSession, Tensor } = await runtime();
    env.wasm.numThreads = threads;
    const bytes = await onnxModel(
      { card, weights: { state: weights } },
      { half: false, kind: 'straight', version: packageVersion() },
    );
    const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const { size } = card.preprocessing;
    const image = [1, 1, size, size];
    const { steps, told } = makeSchedule(card.diffusion);
    /** What the graphs of all methods may take: methods/<method>/graph.ts. */
    const inputs: Record<string, () => InstanceType<Runtime['Tensor']>> = {
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
});

/** Only where this program is developed: it is no part of it. */
async function runtime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-web');
  } catch {
    throw new BadRequest(
      'onnxruntime-web: must be installed to be compared, got none; run npm ci without --omit=dev',
    );
  }
}
