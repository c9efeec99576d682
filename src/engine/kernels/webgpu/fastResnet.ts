/** The fused ResNet generator; its first image of each size is held against the plain one. */
import { shapesOf } from '../../networks/parameters';
import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import type { CompileAhead } from '../compileAhead';
import type { MakeFastOnePass } from '../fastOnePass';
import { expectedForm } from './exactForm';
import { FusedResnet } from './fusedResnet';
import { fusedLabel, optionsHere } from './optionsHere';

/** Compiles what images of this size want, of weights that are on their way. */
export const compileResnet: CompileAhead<ResnetGeneratorConfig> = async (config, size, dtype) => {
  const weights = shapesOf<ResnetGeneratorWeights>(resnetGeneratorTable(config));
  const fused = new FusedResnet(weights, await optionsHere());
  await fused.compile({ batch: 1, height: size, width: size }, () => expectedForm(dtype));
};

export const fastResnet: MakeFastOnePass = async (weights) => {
  const options = await optionsHere();
  const fused = new FusedResnet(weights, options);
  return {
    get label() {
      return fusedLabel(options, fused);
    },
    trial: (plain) => fused.trial(plain),
    inside: () => ({ fused }),
    run: (x) => fused.run(x),
    dispose: () => fused.dispose(),
  };
};
