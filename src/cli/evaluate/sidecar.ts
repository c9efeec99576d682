import { existsSync } from 'node:fs';
import { BadRequest } from '../../errors';
import { readBytes } from '../../platform/node/files';
import { jsonOf, LONGEST_TEXT } from '../../schema';
import type { IntensityFrame } from '../../volume/intensity';
import type { MadeFrom } from '../../volume/scoredNames';
import { READ_SIDECAR, sidecarName } from '../../volume/sidecar';

/** What `evaluate` needs of a result's sidecar. */
export interface Sidecar {
  /** Of the synthetic image. */
  readonly target: IntensityFrame;
  /** Canonical axial slices that were translated. */
  readonly slices: readonly number[];
  readonly made: MadeFrom;
}

/**
 * The sidecar beside a scan; null where there is none, or one that is not of a result of this program (any BIDS scan has one).
 * Throws CorruptFile where it is one of ours but damaged, BadRequest for a preview.
 */
export async function readSidecar(scanPath: string): Promise<Sidecar | null> {
  const path = sidecarName(scanPath);
  if (path === scanPath || !existsSync(path)) return null;
  const at = { subject: path, advice: 'delete or repair it' };
  const json = jsonOf(await readBytes(path), at, LONGEST_TEXT);
  if (typeof json !== 'object' || json === null || !('IntensityMap' in json)) return null;
  const {
    IntensityMap,
    TargetIntensityMap = IntensityMap,
    TranslatedSlices,
    PreviewOfSteps,
    Sources,
    SourceContrast,
    TargetContrast,
  } = READ_SIDECAR.read(json, at);
  if (PreviewOfSteps !== undefined)
    throw new BadRequest(
      `${scanPath}: must be made by the model's whole chain to be scored, got a preview of its ${PreviewOfSteps} steps; translate again without --preview`,
    );
  return {
    target: TargetIntensityMap,
    slices: TranslatedSlices,
    made: { name: Sources?.[0], source: SourceContrast, target: TargetContrast },
  };
}
