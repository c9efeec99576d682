/** The operations that are used on a device: those that it computes right. */
import * as tf from '../../../tf';
import { GPU_OPERATIONS, type GpuOperation, useOnGpu } from '../../own';
import { checked, onSoftware, submitPending, webgpuBackend } from '../runtime';
import { errorOf, KNOWN_TOLERANCE } from './knownAnswers';
import { registerGpuOperations } from './register';
import * as updates from './updates';

export interface InUse {
  used: GpuOperation[];
  /** Why not the others, a sentence each without a full stop. */
  refused: string[];
}

/**
 * Tests them on the current backend, which must be webgpu, and uses those that pass.
 * @param evenOnSoftware for tests: such a driver takes longer to compile them than it saves
 */
export async function useGpuOperations(evenOnSoftware = false): Promise<InUse> {
  useOnGpu(null);
  if (onSoftware(webgpuBackend().device) && !evenOnSoftware)
    return { used: [], refused: ['the WebGPU adapter runs in software'] };
  registerGpuOperations();
  const backend = tf.backend();
  const inUse: InUse = { used: [], refused: [] };
  for (const operation of GPU_OPERATIONS) {
    useOnGpu({ backend, operations: new Set([operation]), updates });
    const refusal = await refusalOf(operation);
    if (refusal === null) inUse.used.push(operation);
    else inUse.refused.push(refusal);
  }
  useOnGpu({ backend, operations: new Set(inUse.used), updates });
  return inUse;
}

async function refusalOf(operation: GpuOperation): Promise<string | null> {
  try {
    const backend = webgpuBackend();
    // What the device refuses here is no fault of what runs later.
    const error = await errorOf(operation, (run) => {
      submitPending(backend);
      const make = () => {
        const made = run();
        submitPending(backend);
        return made;
      };
      return checked(backend.device, make, tf.dispose);
    });
    if (error <= KNOWN_TOLERANCE) return null;
    return `${operation} computes wrong on this machine (error ${error.toExponential(1)}, allowed ${KNOWN_TOLERANCE})`;
  } catch (error) {
    return `${operation}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
