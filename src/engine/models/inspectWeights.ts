import type { Network } from '../methods';
import { readWeights, type WeightsFile, type WeightsFormat } from './readWeights';

/** Plain data for the command line and the screen. */
export interface WeightsReport {
  name: string;
  bytes: number;
  format: WeightsFormat;
  dtype: string;
  parameters: number;
  /** Networks that can be asked for, and the one that this report is about; "" where there is a single unnamed one. */
  networks: string[];
  network: string;
  config: Network;
  metadata: Record<string, string>;
  /** Root mean square and largest magnitude show at a glance weights that are zero, huge or not finite. */
  tensors: { name: string; shape: number[]; parameters: number; rms: number; largest: number }[];
}

/** @throws as `readWeights` */
export async function inspectWeights(
  file: WeightsFile,
  options: { network?: string } = {},
): Promise<WeightsReport> {
  const { state, ...weights } = await readWeights(file, options);
  return {
    name: file.name,
    bytes: file.bytes.byteLength,
    ...weights,
    tensors: [...state].map(([name, { shape, data }]) => {
      let squares = 0;
      let largest = 0;
      for (const value of data) {
        squares += value * value;
        largest = Math.max(largest, Math.abs(value));
      }
      const rms = data.length === 0 ? 0 : Math.sqrt(squares / data.length);
      return { name, shape: [...shape], parameters: data.length, rms, largest };
    }),
  };
}
