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
import { oneOf, optional } from '../kit/options';
import { startProgress } from '../kit/progress';
import { JSON_OPTION, jsonText } from '../kit/report';
import {
  OPERATIONS,
  type OperationsInUse,
  operationsText,
  useOperations,
  usualOperations,
} from './operations';

export const parityCommand: Command = {
  name: 'parity',
  summary: "Hold the engine against numbers that the authors' code produced; exit code 1 if any differs",
  positionals: ['DIR'],
  options: {
    ...ENGINE_OPTIONS,
    operations: {
      value: OPERATIONS.join('|'),
      text: 'whose compute: ours, those of them that pass their self-test (on webgpu those of trainings, which software drivers compile for minutes), or plain TensorFlow.js (default: own on wasm, plain elsewhere)',
    },
    json: JSON_OPTION,
  },
  example: 'golden --backend wasm --json',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const [folder] = args.positionals;
  const want = engineChoice(args);
  const choice = optional(args, 'operations', (a, n) => oneOf(a, n, OPERATIONS));
  if (choice === 'own' && want.backend === 'cpu')
    throw new BadRequest(
      '--operations own: is of wasm and webgpu, got it with --backend cpu; leave one of them out',
    );
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
  try {
    const operations = await useOperations(choice, info);
    io.err(`operations: ${operationsText(operations)}\n`);
    const results = await runAll(known, io, signal);
    const passed = results.every((result) => result.passed);
    io.out(
      args.has('json')
        ? jsonText({ backend: info.backend, operations, passed, results })
        : reportText(results, operations),
    );
    return passed ? 0 : 1;
  } finally {
    usualOperations();
  }
}

const reportText = (results: readonly ParityResult[], operations: OperationsInUse): string =>
  [
    tableText([['file', 'error', 'allowed', ''], ...results.map(row)]),
    reasons(results),
    `operations: ${operationsText(operations)}\n`,
    summary(results),
  ].join('');

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
