import type { OnnxRuntime } from '../../engine/bench/onnxEngine';
import { BadRequest } from '../../errors';

/**
 * Only where this program is developed: it is no part of it. Two of its bundles, each a runtime of its own: one keeps the first number of
 * threads that it is given.
 * @throws BadRequest where it is not there
 */
export async function onnxRuntime(threads: number): Promise<OnnxRuntime> {
  try {
    return await (threads === 1 ? import('onnxruntime-web/wasm') : import('onnxruntime-web'));
  } catch {
    throw new BadRequest(
      'onnxruntime-web: must be installed to be compared, got none; run npm ci without --omit=dev',
    );
  }
}
