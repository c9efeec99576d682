import { expect, it } from 'vitest';
import { tinyCard } from '../../../../test/tinyModel';
import type { BenchClient } from '../../../workers/bench/client';
import type { SpeedEvent } from '../../../workers/bench/protocol';
import type { Comparable } from '../compare/state/types';
import { createBenchStore, type Watch } from './benchState';

const MODEL: Comparable = {
  ...{ id: 'tiny', name: 'Tiny', card: tinyCard(16), from: 'shipped' },
  source: { kind: 'shipped', id: 'tiny' },
};
const CELL = { key: 'speed/1', result: { value: [] } };

/** A client whose call is settled by the test. */
function stage() {
  const asked: Parameters<BenchClient['speed']>[0][] = [];
  let tell: (event: SpeedEvent) => void = () => {};
  let end: (error?: Error) => void = () => {};
  const client: BenchClient = {
    speed: (request, { onEvent, signal }) => {
      asked.push(request);
      tell = onEvent;
      return new Promise((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
        signal.addEventListener('abort', () => reject(new Error('speed: cancelled')));
      });
    },
  };
  let ms = 1000;
  const store = createBenchStore(client, () => ms);
  return {
    ...{ store, asked },
    tell: (event: SpeedEvent) => tell(event),
    end: (error?: Error) => end(error),
    pass: (by: number) => {
      ms += by;
    },
  };
}

const progress = (msLeft: number | null, isLeast = false) => ({
  progress: { label: 'steps', done: 0, cells: 3, msLeft, isLeast },
});

it('shows what is told, and measures anew when all was measured', async () => {
  const { store, asked, tell, end, pass } = stage();
  const first = store.getState().start(MODEL, 'auto');
  tell({ machine: 'wasm, a browser' });
  tell({ loading: { receivedBytes: 1, totalBytes: 2 } });
  expect(store.getState().run).toMatchObject({ loading: { receivedBytes: 1 }, part: null });
  tell({ loading: { receivedBytes: 2, totalBytes: 2 } });
  expect(store.getState().run?.loading).toBeNull();
  pass(1000);
  tell(progress(3000));
  expect(store.getState().run).toMatchObject({ loading: null, part: 0.25 });
  // An estimate that grows does not move the bar back.
  tell(progress(9000));
  expect(store.getState().run?.part).toBe(0.25);
  tell({ cell: CELL });
  tell({ report: { suite: 'speed', title: 'Speed', tables: [], charts: [] } });
  end();
  await first;
  expect(store.getState()).toMatchObject({ run: null, ended: null, machine: 'wasm, a browser' });
  expect(store.getState().report?.suite).toBe('speed');

  void store.getState().start(MODEL, 'auto');
  void store.getState().start(MODEL, 'auto');
  expect(asked.map(({ kept }) => kept)).toEqual([[], []]);
  end();
});

it('goes on after a cancel from what was measured, and from what disturbed it', async () => {
  const { store, asked, tell, end } = stage();
  let disturb: (what: string) => void = () => {};
  let watched = 0;
  const watch: Watch = (told) => {
    disturb = told;
    watched++;
    return () => watched--;
  };
  const first = store.getState().start(MODEL, 'auto', watch);
  tell({ cell: CELL });
  for (const what of ['noise', 'noise']) disturb(what);
  store.getState().cancel();
  await first;
  expect(watched).toBe(0);
  const second = store.getState().start(MODEL, 'auto', watch);
  expect(asked[1].kept).toEqual([CELL]);
  expect(store.getState().disturbed).toEqual(['noise']);
  end();
  await second;
  const third = store.getState().start(MODEL, 'auto', watch);
  expect(store.getState().disturbed).toEqual([]);
  end();
  await third;
});

it('says that it was cancelled, or why it failed', async () => {
  const { store, end } = stage();
  const first = store.getState().start(MODEL, 'auto');
  store.getState().cancel();
  await first;
  expect(store.getState().ended?.kind).toBe('cancelled');
  const second = store.getState().start(MODEL, 'auto');
  expect(store.getState().ended).toBeNull();
  end(new Error('speed: the worker stopped'));
  await second;
  expect(store.getState().ended).toEqual({ kind: 'failed', text: 'speed: the worker stopped' });
});
