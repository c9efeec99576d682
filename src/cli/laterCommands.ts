import { BadRequest } from '../errors';
import type { Command } from './kit/command';

/** Commands that the program will have: named in the help, refused for now. */
function later(name: string, summary: string): Command {
  return {
    name,
    summary: `${summary} (not in this version yet)`,
    positionals: [],
    anyArguments: true,
    options: {},
    example: '',
    run: async () => {
      throw new BadRequest(`${name}: comes with a later version`);
    },
  };
}

export const benchCommand = later('bench', 'Measure speed and memory');
