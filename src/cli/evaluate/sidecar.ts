import { existsSync } from 'node:fs';
import { CorruptFile } from '../../errors';
import { readBytes } from '../../platform/node/files';
import { INTENSITY_MAPS, type IntensityFrame, type IntensityMap } from '../../volume/intensity';
import { sidecarName } from '../../volume/sidecar';

/** What `evaluate` needs of a result's sidecar. */
export interface Sidecar {
  /** Of the synthetic image. */
  readonly target: IntensityFrame;
  /** Canonical axial slices that were translated. */
  readonly slices: readonly number[];
}

/**
 * The sidecar beside a scan; null where there is none, or one that is not of a result of this program (any BIDS scan has one).
 * Throws CorruptFile where it is one of ours but damaged.
 */
export async function readSidecar(scanPath: string): Promise<Sidecar | null> {
  const path = sidecarName(scanPath);
  if (path === scanPath || !existsSync(path)) return null;
  const json = parse(path, new TextDecoder().decode(await readBytes(path)));
  if (json.IntensityMap === undefined) return null;
  // Results of older versions have the source's map alone, which was the target's, too.
  const field = json.TargetIntensityMap === undefined ? 'IntensityMap' : 'TargetIntensityMap';
  const { Name: map, Lower: low = 0, Upper: high } = record(json[field]);
  const slices: unknown = json.TranslatedSlices;
  if (!isIntensityMap(map)) throw damaged(path, `${field}.Name`, map);
  if (typeof low !== 'number') throw damaged(path, `${field}.Lower`, low);
  if (typeof high !== 'number' || !(high > low)) throw damaged(path, `${field}.Upper`, high);
  if (!Array.isArray(slices) || !slices.every(isIndex)) throw damaged(path, 'TranslatedSlices', slices);
  return { target: { map, low, high }, slices };
}

function parse(path: string, text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text));
  } catch {
    throw new CorruptFile(`${path}: must be JSON, got text that is not; delete or repair it`);
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isIntensityMap(value: unknown): value is IntensityMap {
  return INTENSITY_MAPS.some((map) => map === value);
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function damaged(path: string, field: string, value: unknown): CorruptFile {
  return new CorruptFile(
    `${path}: ${field} is not what this program writes, got ${JSON.stringify(value)}; delete or repair it`,
  );
}
