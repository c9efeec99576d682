/** The program itself as engines whose speed is compared: the same translator, by our kernels and by plain TensorFlow.js. */
import { PLAIN } from '../kernels/fastDenoiser';
import { ownKernels, wantOwnKernels } from '../kernels/wasm/kernels';
import { loadTranslator } from '../methods/translator';
import * as tf from '../tf';
import type { Contender, SpeedTask } from './speed';

/** On the current backend; plain TensorFlow.js first, which images of others are held against. */
export function ownEngines(backend: string): Contender[] {
  const plain = translatorEngine('plain', `TensorFlow.js ${backend}`, false);
  const threads = ownKernels()?.threadCount ?? 1;
  if (threads > 1)
    return [
      plain,
      translatorEngine('own-1', `our kernels on ${backend}, 1 thread`, true, 1),
      translatorEngine('own', `our kernels on ${backend}, ${threads} threads`, true),
    ];
  if (ownKernels() || backend === 'webgpu')
    return [plain, translatorEngine('own', `our kernels on ${backend}`, true)];
  return [plain];
}

/** @param threads at most */
function translatorEngine(
  id: string,
  label: string,
  isOurs: boolean,
  threads = Number.POSITIVE_INFINITY,
): Contender {
  return {
    ...{ id, label, isOurs },
    start: async ({ card, weights, source, draws }: SpeedTask) => {
      const { size } = card.preprocessing;
      const translator = await loadTranslator(card, weights, { plain: !isOurs });
      const given = tf.tensor4d(source, [1, size, size, 1]);
      return {
        step: async () => {
          wantOwnKernels(isOurs);
          ownKernels()?.limitThreads(threads);
          const images = translator.run(given, draws);
          try {
            // What it starts from, and what its first step makes of that.
            await images.next();
            const { value } = await images.next();
            const image = new Float32Array(await (value as tf.Tensor4D).data());
            const path = translator.path?.();
            if (isOurs && path?.startsWith(PLAIN)) throw new Error(`our kernels: not used here (${path})`);
            return image;
          } finally {
            await images.return(undefined);
            wantOwnKernels(true);
            ownKernels()?.limitThreads(Number.POSITIVE_INFINITY);
          }
        },
        dispose: () => {
          given.dispose();
          translator.dispose();
        },
      };
    },
  };
}
