import type { OnnxRuntime } from '../../engine/bench/onnxEngine';
import { BadRequest } from '../../errors';

/** Only where this program is developed: it is no part of it. @throws BadRequest where it is not there */
export async function onnxRuntime(): Promise<OnnxRuntime> {
  try {
    return await import('onnxruntime-web');
  } catch {
    throw new BadRequest(
      'onnxruntime-web: must be installed to be compared, got none; run npm ci without --omit=dev',
    );
  }
}
