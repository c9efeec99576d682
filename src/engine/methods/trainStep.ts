import type { TrainStep } from '../training/iteration';
import type { MethodId } from '.';

/** The code of a method that trains. */
export async function trainStepOf(method: MethodId): Promise<TrainStep> {
  const { trainStep } = await import(`./${method}/train.ts`);
  return trainStep;
}
