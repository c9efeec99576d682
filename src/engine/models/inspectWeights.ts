import { FLOAT16_MAX } from '../formats/float16';
import type { StateDict } from '../formats/namedTensor';
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
  /** Sentences on what no trained network holds. */
  warnings: string[];
}

/** @throws as `readWeights` */
export async function inspectWeights(
  file: WeightsFile,
  options: { network?: string } = {},
): Promise<WeightsReport> {
  const { state, ...weights } = await readWeights(file, options);
  const warnings = oddities(state);
  return {
    name: file.name,
    bytes: file.bytes.byteLength,
    ...weights,
    warnings,
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

function oddities(state: StateDict): string[] {
  const all = [...state];
  const broken = all.filter(([, { data }]) => data.some((value) => !Number.isFinite(value)));
  const isHuge = (value: number) => Number.isFinite(value) && Math.abs(value) > FLOAT16_MAX;
  const huge = all.filter(([, { data }]) => data.some(isHuge));
  const first = ([[name], ...others]: typeof all) =>
    others.length === 0 ? `"${name}"` : `"${name}" and ${others.length} more tensors`;
  return [
    broken.length > 0
      ? `weights: must hold finite numbers, got NaN or infinity in ${first(broken)}; they translate nothing: fetch them again`
      : '',
    huge.length > 0
      ? `weights: must be of a trained network's size, got values above ${FLOAT16_MAX} in ${first(huge)}; fetch them again`
      : '',
    all.length > 0 && all.every(([, { data }]) => data.every((value) => value === 0))
      ? 'weights: must not all be 0, got nothing else; every image comes out as one value: fetch them again'
      : '',
  ].filter(Boolean);
}
