import { join, sep } from 'node:path';
import { tableText } from '../../engine/textTable';
import { Aborted, BadRequest } from '../../errors';
import { parityCases } from '../../parity/cases';
import type { ParityCase, ParityResult } from '../../parity/compare';
import { readBytes } from '../../platform/node/files';
import { filesBelow } from '../../platform/node/filesBelow';
import { readScanAll } from '../../platform/node/scans';
import type { Arguments, Command } from '../kit/command';
import type { Io } from '../kit/io';
import { ENGINE_OPTIONS, engineChoice, engineSentence, startNodeEngine } from '../kit/nodeEngine';
import { startProgress } from '../kit/progress';
import { JSON_OPTION, jsonText } from '../kit/report';

export const parityCommand: Command = {
  name: 'parity',
  summary: "Hold the engine against numbers that the authors' code produced; exit code 1 if any differs",
  positionals: ['DIR'],
  options: { ...ENGINE_OPTIONS, json: JSON_OPTION },
  example: 'golden --backend wasm --json',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const [folder] = args.positionals;
  const want = engineChoice(args);
  const names = await filesBelow(folder);
  const known = await parityCases(
    names.map((name) => name.replaceAll(sep, '/')),
    {
      bytes: async (name) => new Uint8Array(await readBytes(join(folder, name))),
      scan: (name) => readScanAll(join(folder, name)),
    },
  );
  if (known.length === 0) throw new BadRequest(`${folder}: must hold golden files, got none that is known`);

  const { info, signal } = await startNodeEngine(want, io.signal);
  io.err(`${engineSentence(info)}\n`);
  const results = await runAll(known, io, signal);
  const passed = results.every((result) => result.passed);
  if (args.has('json')) io.out(jsonText({ backend: info.backend, passed, results }));
  else
    io.out(
      tableText([['file', 'error', 'allowed', ''], ...results.map(row)]) +
        reasons(results) +
        summary(results),
    );
  return passed ? 0 : 1;
}

/** Throws Aborted on Ctrl-C, and the GPU's error where it failed: its numbers mean nothing. */
async function runAll(known: readonly ParityCase[], io: Io, signal: AbortSignal): Promise<ParityResult[]> {
  const progress = startProgress(io);
  const results: ParityResult[] = [];
  try {
    for (const [index, { name, run }] of known.entries()) {
      progress.show(`${index + 1}/${known.length} ${name}`);
      results.push(...(await run()));
      // Lets Ctrl-C be heard, for which wasm leaves no pause.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal.aborted) throw io.signal.aborted ? new Aborted('parity: cancelled') : signal.reason;
    }
  } finally {
    progress.end();
  }
  return results;
}

function row({ name, error, tolerance, passed }: ParityResult): string[] {
  return [name, error.toExponential(1), tolerance.toExponential(), passed ? 'passed' : 'FAILED'];
}

/** "63 passed, 0 failed". */
function summary(results: readonly ParityResult[]): string {
  const passed = results.filter((result) => result.passed).length;
  return `${passed} passed, ${results.length - passed} failed\n`;
}

/** Why files could not be compared, one a line. */
function reasons(results: readonly ParityResult[]): string {
  return results.map(({ name, passed, note }) => (passed || !note ? '' : `${name}: ${note}\n`)).join('');
}
