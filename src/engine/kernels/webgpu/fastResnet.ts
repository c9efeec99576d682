/** The fused ResNet generator; its first image of each size is held against the plain one. */
import type { MakeFastOnePass } from '../fastOnePass';
import { FusedResnet } from './fusedResnet';
import { fusedLabel, optionsHere } from './optionsHere';

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
