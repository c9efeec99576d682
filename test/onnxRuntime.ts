/** ONNX files run in onnxruntime-web on wasm, one thread: what others make of those that this program writes. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { NamedTensor } from '../src/engine/formats/namedTensor';

env.wasm.numThreads = 1;

export async function runOnnx(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, NamedTensor>>,
): Promise<Record<string, NamedTensor>> {
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [
      name,
      new Tensor('float32', data, shape),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [
        name,
        { data: data as Float32Array, shape: [...dims] },
      ]),
    );
  } finally {
    await session.release();
  }
}
