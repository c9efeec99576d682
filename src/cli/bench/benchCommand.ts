import { BadRequest } from '../../errors';
import type { Command } from '../kit/command';

/** Named in the help, refused for now. */
export const benchCommand: Command = {
  name: 'bench',
  summary: 'Measure speed and memory (not in this version yet)',
  positionals: [],
  anyArguments: true,
  options: {},
  example: '',
  run: async () => {
    throw new BadRequest('bench: comes with a later version');
  },
};
