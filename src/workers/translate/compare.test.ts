/** Models side by side through the client: the real calls on wasm behind a stand-in for the Worker. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineStandIn } from '../../../test/engineStandIn';
import { headPhantom, makeNifti } from '../../../test/makeNifti';
import { tinyConfig } from '../../../test/tinyModel';
import type { BackendEnvironment } from '../../engine/backend/backend';
import { hashWeights } from '../../engine/hash';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { nodeEnvironment } from '../../platform/node/environment';
import { type ClientModelSource, createEngineClient, type EngineClient } from './client';
import type { ComparedModel, CompareEvent, CompareRequest, KeptCell, Table } from './protocol';

const SHAPE: [number, number, number] = [20, 24, 8];
const CONFIG = tinyConfig(16);

let engine: BackendEnvironment;
let client: EngineClient;
beforeAll(async () => {
  engine = await nodeEnvironment(() => {}, null);
});
beforeEach(() => {
  vi.stubGlobal('navigator', undefined);
});
afterEach(() => {
  client.dispose();
  vi.unstubAllGlobals();
});

const scanFile = (name: string, scale: number) => {
  const values = headPhantom(SHAPE).map((value, v) => value * (1 + scale * (v % 3)));
  return new File([makeNifti({ dims: SHAPE, values }).file], name);
};

const weightsFile = (seed: number) =>
  new File(
    [new Uint8Array(encodeWeights({ state: hashWeights(seed, ncsnppTable(CONFIG)), config: CONFIG }, 'f32'))],
    `T1w_to_FLAIR_${seed}.safetensors`,
  );

async function bench(dieAfterSteps?: number): Promise<CompareRequest<ClientModelSource>> {
  let workers = 0;
  client = createEngineClient(() => engineStandIn(engine, workers++ === 0 ? dieAfterSteps : undefined));
  await client.start('wasm');
  const source = await client.openScan([scanFile('sub-01_T1w.nii', 0)]);
  const reference = await client.openScan([scanFile('sub-01_FLAIR.nii', 0.1)]);
  const model = async (id: string, seed: number): Promise<ComparedModel<ClientModelSource>> => {
    const own = { kind: 'file', file: weightsFile(seed) } as const;
    return { id, name: id, card: await client.readModel(own), source: own };
  };
  const pair = {
    id: 'sub-01',
    patient: 'sub-01',
    data: 'of this test',
    sourceScanId: source.scanId,
    referenceScanId: reference.scanId,
  };
  return {
    suites: ['quality'],
    models: [await model('first', 1), await model('second', 2)],
    pairs: [pair],
    options: { slices: 2, samples: 1, seed: 0 },
    kept: [],
  };
}

/** Runs it, and sorts what it tells. */
async function run(
  request: CompareRequest<ClientModelSource>,
  onEvent?: (event: CompareEvent) => void,
  signal?: AbortSignal,
) {
  const events: CompareEvent[] = [];
  const ended = client.compare(request, {
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
    },
    signal,
  });
  const error = await ended.then(
    () => null,
    (failure: Error) => failure.name,
  );
  const cells = events.flatMap((event): KeptCell[] => ('cell' in event ? [event.cell] : []));
  const slices = events.flatMap((event) => ('slice' in event ? [event.slice] : []));
  const reports = events.flatMap((event) => ('report' in event ? [event.report] : []));
  const table: Table | undefined = reports.at(-1)?.tables[0];
  return { events, error, cells, slices, table };
}

describe('compare', () => {
  it('scores the source as it is and every model, and tells each slice for the screen', async () => {
    const { error, cells, slices, table, events } = await run(await bench());
    expect(error).toBeNull();
    expect(table?.rows.map(({ name, failed }) => [name, failed])).toEqual([
      ['source as it is', null],
      ['first', null],
      ['second', null],
    ]);
    expect(cells).toHaveLength(3);
    // Before anything is computed all rows are there.
    const [begin] = events.flatMap((event) => ('report' in event ? [event.report] : []));
    expect(begin.tables[0].rows.map(({ failed }) => failed)).toEqual(Array(3).fill('not computed yet'));
    expect(events.findIndex((event) => 'report' in event)).toBe(0);
    // The real ones once, though two models were scored on them.
    expect(slices.map(({ of }) => of).sort()).toEqual(
      ['first', 'first', 'reference', 'reference', 'second', 'second', 'source', 'source'].sort(),
    );
    expect(Math.max(...slices[0].pixels)).toBeGreaterThan(30_000);
    const told = events.flatMap((event) => ('progress' in event ? [event.progress] : []));
    // Once for both models.
    const remarks = events.flatMap((event) => ('remark' in event ? [event.remark] : []));
    expect(
      remarks.map((text) => /^sub-01: (T1w|FLAIR): .*(skull|only \d+ different values)/.exec(text)?.slice(1)),
    ).toEqual([
      ['T1w', 'skull'],
      ['T1w', 'only 6 different values'],
      ['FLAIR', 'only 14 different values'],
    ]);
    expect(told.at(-1)).toMatchObject({ label: 'second, T1w → FLAIR, sub-01', cells: 3, done: 2, msLeft: 0 });
  });

  it('goes on after a cancel without what is kept, and gives a model that fails a reason', async () => {
    const request = await bench();
    const [{ card }] = request.models;
    const abort = new AbortController();
    const first = await run(
      request,
      (event) =>
        'cell' in event && event.cell.key.includes(request.models[0].card.weights.sha256) && abort.abort(),
      abort.signal,
    );
    expect(first.error).toBe('Aborted');
    expect(first.table?.rows[2].failed).toContain('not computed yet');
    const cardOf = (sha256: string) => ({ ...card, weights: { ...card.weights, sha256 } });
    const broken = { ...request.models[1], id: 'broken', name: 'broken' };
    const other = { kind: 'file', file: new File(['x'], 'broken.safetensors') } as const;
    const second = await run({
      ...request,
      models: [...request.models, { ...broken, card: cardOf('00'), source: other }],
      kept: first.cells,
    });
    expect(second.error).toBeNull();
    // Those of the second model, and those of the broken one.
    expect(second.cells.map(({ result }) => 'failed' in result)).toEqual([false, true]);
    expect(second.table?.rows.map(({ failed }) => failed === null)).toEqual([true, true, true, false]);
    expect(second.table?.rows[3].failed).toContain('broken.safetensors');
  });

  it('hears a cancel within what needs no network', async () => {
    const abort = new AbortController();
    const request = await bench();
    const begun = (event: CompareEvent) => 'progress' in event && abort.abort();
    const { error, cells } = await run(request, begun, abort.signal);
    expect([error, cells]).toEqual(['Aborted', []]);
  });

  it('goes on with the next worker where the GPU is lost', async () => {
    // The first model's two slices of four steps are done by then.
    const { error, cells, table } = await run(await bench(13));
    expect(error).toBeNull();
    expect(cells).toHaveLength(3);
    expect(table?.rows.every(({ failed }) => failed === null)).toBe(true);
  });

  it('refuses a suite that there is none of', async () => {
    expect((await run({ ...(await bench()), suites: ['beauty'] })).error).toBe('BadRequest');
  });
});
