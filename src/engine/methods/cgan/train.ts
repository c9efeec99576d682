import { runResnetGenerator } from '../../networks/resnetGenerator/run';
import { cycleGanStep } from './cycleGan';

export const trainStep = cycleGanStep(runResnetGenerator);
