import { describe, expect, it } from 'vitest';
import { Aborted } from '../../errors';
import type { Bench } from './bench';
import { type CellStore, runSuite, type SuiteHooks, type SuiteProgress } from './runSuite';
import type { Cell, CellResult, Lab, Suite } from './suite';

const BENCH: Bench = { models: [], pairs: [], options: { slices: 2, samples: 1, seed: 0 } };

function memoryStore(kept: Record<string, CellResult<unknown>> = {}): CellStore & { put: unknown } {
  const cells = new Map(Object.entries(kept));
  return {
    get: (key) => cells.get(key) ?? null,
    put: async (key, result) => {
      cells.set(key, result);
    },
  };
}

type Made = (lab: Lab) => Promise<string>;

/** Reports what each cell came to. All cells are of one kind where it is not said. */
function suiteOf(
  cells: Record<string, Made>,
  work: Record<string, number> = {},
  kinds: Record<string, string> = {},
): Suite<string> {
  const made = Object.entries(cells).map(
    ([key, compute]): Cell<string> => ({
      ...{ key, label: `cell ${key}`, compute },
      ...{ work: work[key] ?? 1, kind: kinds[key] ?? 'one' },
    }),
  );
  return {
    ...{ id: 'fake', title: 'Fake', text: '', usual: { slices: 1, samples: 1 } },
    cells: () => made,
    report: (_, results) => ({
      ...{ suite: 'fake', charts: [] },
      title: [...results].map(([key, result]) => `${key}: ${Object.values(result)}`).join('; '),
      tables: [],
    }),
  };
}

/** A clock that each pass puts 10 ms on. */
function hooksOf(changes: Partial<SuiteHooks> = {}) {
  const clock = { ms: 0 };
  const told: SuiteProgress[] = [];
  const failures: string[] = [];
  const hooks: SuiteHooks = {
    now: () => clock.ms,
    onProgress: (progress) => told.push(progress),
    onFailure: (label, reason) => failures.push(`${label}: ${reason}`),
    ...changes,
  };
  const passes = (lab: Lab, count: number) => {
    for (let n = 0; n < count; n++) {
      clock.ms += 10;
      lab.hooks.onStep?.(1);
    }
  };
  return { hooks, told, failures, passes };
}

describe('runSuite', () => {
  it('computes no cell that is kept, and one that failed again', async () => {
    const store = memoryStore({ a: { value: 'kept' }, b: { failed: 'once' } });
    const suite = suiteOf({
      a: async () => {
        throw new Error('must not be computed');
      },
      b: async () => 'now',
    });
    const { title } = await runSuite(suite, BENCH, store, hooksOf().hooks);
    expect(title).toBe('a: kept; b: now');
    expect(store.get('b')).toEqual({ value: 'now' });
  });

  it('computes cells of one key once', async () => {
    let count = 0;
    const one: Made = async () => `${++count}`;
    const [cell] = suiteOf({ a: one }).cells(BENCH);
    const suite = { ...suiteOf({ a: one }), cells: () => [cell, cell] };
    expect((await runSuite(suite, BENCH, memoryStore(), hooksOf().hooks)).title).toBe('a: 1');
  });

  it('leaves the others where one fails, and tells it', async () => {
    const { hooks, failures } = hooksOf();
    const suite = suiteOf({
      a: async () => {
        throw new Error('no such file');
      },
      b: async () => 'made',
    });
    expect((await runSuite(suite, BENCH, memoryStore(), hooks)).title).toBe('a: no such file; b: made');
    expect(failures).toEqual(['cell a: no such file']);
  });

  it('keeps what one of two cells of a key has made, else the first reason', async () => {
    const fails = (why: string): Made => {
      return async () => {
        throw new Error(why);
      };
    };
    const titleOf = async (...made: Made[]) => {
      const cells = made.map((compute) => suiteOf({ a: compute }).cells(BENCH)[0]);
      const suite = { ...suiteOf({}), cells: () => cells };
      return (await runSuite(suite, BENCH, memoryStore(), hooksOf().hooks)).title;
    };
    expect(await titleOf(fails('one'), fails('other'))).toBe('a: one');
    expect(await titleOf(fails('one'), async () => 'made')).toBe('a: made');
  });

  it('keeps what is done where it is stopped', async () => {
    const store = memoryStore();
    const suite = suiteOf({
      a: async () => 'made',
      b: async () => {
        throw new Aborted('cancelled');
      },
      c: async () => 'never',
    });
    await expect(runSuite(suite, BENCH, store, hooksOf().hooks)).rejects.toMatchObject({ name: 'Aborted' });
    expect(['a', 'b', 'c'].map((key) => store.get(key))).toEqual([{ value: 'made' }, null, null]);
  });

  it('begins no cell once it is cancelled', async () => {
    const controller = new AbortController();
    const store = memoryStore();
    const suite = suiteOf({ a: async () => 'made', b: async () => 'never' });
    const { hooks } = hooksOf({ signal: controller.signal, pause: async () => controller.abort() });
    await expect(runSuite(suite, BENCH, store, hooks)).rejects.toMatchObject({ name: 'Aborted' });
    expect(['a', 'b'].map((key) => store.get(key))).toEqual([{ value: 'made' }, null]);
  });

  it('ends with what the device failed with', async () => {
    const lost = new Error('the GPU is gone');
    const { hooks } = hooksOf({
      pause: async () => {
        throw lost;
      },
    });
    const suite = suiteOf({
      a: async () => {
        throw new Error('an odd number');
      },
    });
    await expect(runSuite(suite, BENCH, memoryStore(), hooks)).rejects.toBe(lost);
  });

  it('tells the time left by forward passes, within a cell too', async () => {
    const { hooks, told, passes } = hooksOf();
    const suite = suiteOf(
      {
        kept: async () => '',
        none: async () => '',
        four: async (lab) => {
          passes(lab, 4);
          return '';
        },
        six: async () => '',
      },
      { kept: 100, none: 0, four: 4, six: 6 },
    );
    await runSuite(suite, BENCH, memoryStore({ kept: { value: '' } }), hooks);
    expect(told.map(({ label, done, cells, msLeft }) => [label, done, cells, msLeft])).toEqual([
      ['cell none', 1, 4, null],
      ['cell four', 2, 4, null],
      ['cell four', 2, 4, 90],
      ['cell four', 2, 4, 80],
      ['cell four', 2, 4, 70],
      ['cell four', 2, 4, 60],
      ['cell six', 3, 4, 60],
    ]);
  });

  it('takes each kind by its own passes, and says "at least" while there is one that it has not timed', async () => {
    const { hooks, told, passes } = hooksOf();
    // A pass of 10 ms, and a thousand that nobody knows yet.
    const work = { gan: 1, gan2: 1, chain: 1000, chain2: 1000 };
    const kinds = { gan: 'gan', gan2: 'gan', chain: 'chain', chain2: 'chain' };
    const one = (count: number): Made => {
      return async (lab) => {
        passes(lab, count);
        return '';
      };
    };
    const cells = { gan: one(1), gan2: one(1), chain: one(1), chain2: one(0) };
    await runSuite(suiteOf(cells, work, kinds), BENCH, memoryStore(), hooks);
    const left = told.map(({ label, msLeft, isLeast }) => [label.slice(5), msLeft, isLeast]);
    expect(left).toEqual([
      ['gan', null, true],
      ['gan', 10, true],
      ['gan2', 10, true],
      ['gan2', null, true],
      ['chain', null, true],
      ['chain', 19_990, false],
      ['chain2', 10_000, false],
    ]);
  });

  it('takes guessed work in proportion', async () => {
    const { hooks, told, passes } = hooksOf();
    const half: Made = async (lab) => {
      passes(lab, 5);
      return '';
    };
    const bench = { ...BENCH, options: { ...BENCH.options, slices: null } };
    await runSuite(suiteOf({ a: half, b: half }, { a: 10, b: 20 }), bench, memoryStore(), hooks);
    expect(told.find(({ label }) => label === 'cell b')?.msLeft).toBe(100);
  });
});
