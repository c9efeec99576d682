import { runResnetGenerator } from '../../networks/resnetGenerator/run';
import { cycleGanStep } from '../cgan/cycleGan';

export const trainStep = cycleGanStep(runResnetGenerator);
