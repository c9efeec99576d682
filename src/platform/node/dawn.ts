/**
 * Dawn's WebGPU for Node. Dawn and the drivers that it tries write what they have to say straight to stderr, which nothing here can
 * hold back: so another process, whose stderr nobody sees, looks first, and Dawn is loaded only where there is something to use.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isSoftware } from '../../engine/backend/softwareGpu';

export type AdapterInfo = Pick<
  GPUAdapterInfo,
  'vendor' | 'architecture' | 'device' | 'description' | 'isFallbackAdapter'
>;

/** A driver that hangs is none. */
const LONGEST_LOOK_MS = 20_000;

/** 'all': software too. */
export type Wanted = 'hardware' | 'all';

/** As navigator.gpu, or null where Dawn does not work here. TensorFlow.js looks for it on the global navigator. */
export async function dawn(wanted: Wanted, look = lookForAdapter): Promise<GPU | null> {
  const found = await look();
  if (found === 'failed') return null;
  if (found === null || (wanted === 'hardware' && isSoftware(found))) return onlyTold(found);
  try {
    const { create, globals } = await import('webgpu');
    const gpu = create([]);
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
    return gpu;
  } catch {
    return null;
  }
}

/** What is there can be asked for its name, and not be used. */
const onlyTold = (info: AdapterInfo | null) =>
  ({ requestAdapter: async () => info && { info } }) as unknown as GPU;

/** In the child: the adapter's description as JSON, null where there is none. */
const LOOK = (module: string) => `
  const { create } = await import(${JSON.stringify(module)});
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter?.info ?? {};
  const told = adapter && { vendor, architecture, device, description, isFallbackAdapter };
  process.stdout.write(JSON.stringify(told), () => process.exit(0));`;

function lookForAdapter(): Promise<AdapterInfo | null | 'failed'> {
  return new Promise((resolve) => {
    try {
      const module = pathToFileURL(createRequire(import.meta.url).resolve('webgpu')).href;
      execFile(
        process.execPath,
        ['--input-type=module', '-e', LOOK(module)],
        { timeout: LONGEST_LOOK_MS },
        (error, text) => resolve(error ? 'failed' : JSON.parse(text)),
      );
    } catch {
      resolve('failed');
    }
  });
}
