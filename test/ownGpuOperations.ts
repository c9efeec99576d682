/** WebGPU with all our operations for training, and wasm to hold it against: for the tests of a file. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type BackendEnvironment, startEngine } from '../src/engine/backend/backend';
import { GPU_OPERATIONS, useOnGpu } from '../src/engine/kernels/own';
import { useGpuOperations } from '../src/engine/kernels/webgpu/operations/use';
import * as tf from '../src/engine/tf';

/** Within `describe`. A software driver compiles for minutes. */
export function withOwnGpuOperations(environment: BackendEnvironment): void {
  beforeAll(async () => {
    await startEngine('wasm', environment);
    await startEngine('webgpu', environment);
    expect(await useGpuOperations(true)).toEqual({ used: [...GPU_OPERATIONS], refused: [] });
  }, 600_000);
  afterAll(() => {
    useOnGpu(null);
    tf.removeBackend('webgpu');
  });
}
