import type { ModelCard } from '../cards/modelCard';
import { networksAhead } from '../kernels/compileAhead';
import * as tf from '../tf';
import type { CompilesAhead } from './translator';

/**
 * Begins with what needs no weights while a model's are on their way: its kernels are compiled, where the backend has such. What fails
 * fails again, and is told, where they are used.
 */
export async function compileAhead({
  network,
  preprocessing: { size },
  weights: { dtype },
}: Pick<ModelCard, 'network' | 'preprocessing' | 'weights'>): Promise<void> {
  if (tf.getBackend() !== 'webgpu') return;
  const code: { compileAhead?: CompilesAhead } = await import(`./${network.method}/translate.ts`);
  await code.compileAhead?.(networksAhead)(network, size, dtype);
}
