/** Whose operations compute what is held against reference numbers: TensorFlow.js's, plain, or our own. */
import { type EngineInfo, NO_KERNELS, OWN_KERNELS } from '../../engine/backend/backend';
import { useOnGpu } from '../../engine/kernels/own';
import { wantOwnKernels } from '../../engine/kernels/wasm/kernels';
import { useGpuOperations } from '../../engine/kernels/webgpu/operations/use';
import { BadRequest } from '../../errors';

export const OPERATIONS = ['own', 'plain'] as const;
export type OperationsChoice = (typeof OPERATIONS)[number];

/** Names, and why others are not used: sentences without a full stop. */
export interface OperationsInUse {
  own: readonly string[];
  refused: readonly string[];
}

export const operationsText = ({ own, refused }: OperationsInUse): string =>
  [
    own.length > 0 ? `ours (${own.join(', ')})` : 'plain TensorFlow.js',
    ...refused.map((why) => `not ours: ${why}`),
  ].join('; ');

/**
 * Computes by them from now on, until `usualOperations`. Ours are those that pass their self-test: of wasm as of every command there, of WebGPU
 * those of trainings, on software adapters, too, which a training leaves to plain operations.
 * @param choice undefined: ours on wasm, plain elsewhere
 * @param info of the engine that runs
 * @throws BadRequest where ours are asked for and none of them is used
 */
export async function useOperations(
  choice: OperationsChoice | undefined,
  { backend, features }: Pick<EngineInfo, 'backend' | 'features'>,
): Promise<OperationsInUse> {
  wantOwnKernels(choice !== 'plain');
  if (choice === 'plain') return { own: [], refused: [] };
  const inUse = await ofBackend(backend, features, choice === 'own');
  if (choice === 'own' && inUse.own.length === 0)
    throw new BadRequest(
      `--operations own: none of ours computes here (${inUse.refused.join('; ')}); leave it out`,
    );
  return inUse;
}

async function ofBackend(
  backend: EngineInfo['backend'],
  features: readonly string[],
  isAsked: boolean,
): Promise<OperationsInUse> {
  if (backend === 'wasm')
    return {
      own: features.filter((feature) => feature === OWN_KERNELS),
      refused: features.flatMap((feature) =>
        feature.startsWith(NO_KERNELS) ? [feature.slice(NO_KERNELS.length + 2)] : [],
      ),
    };
  if (backend !== 'webgpu') return { own: [], refused: isAsked ? [`there are none on ${backend}`] : [] };
  if (!isAsked) return { own: [], refused: [] };
  const { used, refused } = await useGpuOperations(true);
  return { own: used, refused };
}

/** As after a start. */
export function usualOperations(): void {
  wantOwnKernels(true);
  useOnGpu(null);
}
