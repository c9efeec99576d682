import { describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { tinySettings } from '../../../test/tinyRun';
import { saveCheckpoint } from './checkpoint';
import { disposeNetworks } from './networks';
import { startRun } from './startRun';
import { readStoredRun, restoreCheckpoint } from './storedRun';
import { PAPER_VARIANT } from './variant';

const FACTS = { started: '2026-01-01', volumes: { trainA: [], trainB: [], valA: [], valB: [] }, start: [] };

/** The smallest run, saved as if it were so far. */
async function save(files: MemoryFiles, step: number): Promise<void> {
  const variant = { ...PAPER_VARIANT, pairing: 'paired', adversarial: false, direction: 'aToB' } as const;
  const state = { ...startRun(tinySettings({ iterations: 1000, variant })), step };
  await saveCheckpoint(files, state, { steps: [], validations: [] }, FACTS, `2026-01-02 ${step}`);
  disposeNetworks(state.networks);
}

it('names the file that is missing, one after another', async () => {
  const files = new MemoryFiles();
  await save(files, 20);
  expect(await readStoredRun(files)).toMatchObject({ step: 20 });
  const weights = [...files.files.keys()].filter((name) => name.startsWith('000000020.'));
  expect(weights).toHaveLength(1);
  for (const name of weights) {
    const whole = files.files.get(name)!;
    await files.remove(name);
    await expect(readStoredRun(files)).rejects.toMatchObject({
      name: 'CorruptFile',
      message: `${name}: must lie beside checkpoint.json, got no such file; start a new run`,
    });
    await files.write(name, whole);
  }
  await files.remove('checkpoint.json');
  await expect(readStoredRun(files)).rejects.toThrow(
    `checkpoint.json: must lie beside ${weights[0]}, got no such file; start a new run`,
  );
});

describe('a run whose last checkpoint is damaged', () => {
  const WEIGHTS = '000000040.g.b.safetensors';
  const flipped = (bytes: Uint8Array) => bytes.map((byte, n) => (n === bytes.length - 200 ? byte ^ 1 : byte));
  const twoCheckpoints = async () => {
    const files = new MemoryFiles();
    for (const step of [0, 20, 40]) await save(files, step);
    return files;
  };

  it.each([
    [WEIGHTS, flipped, `${WEIGHTS}: must be as it was written, got other bytes (its checksum differs)`],
    [WEIGHTS, null, `${WEIGHTS}: must lie beside checkpoint.json, got no such file`],
    ['checkpoint.json', flipped, 'checkpoint.json: must be'],
    ['checkpoint.json', null, `checkpoint.json: must lie beside 0000000`],
  ])('goes on from the one before, and says so: %s', async (name, damage, sentence) => {
    const files = await twoCheckpoints();
    expect(await restoreCheckpoint(files)).toBeNull();
    const whole = files.files.get(name)!;
    if (damage) await files.write(name, damage(whole));
    else await files.remove(name);
    const told = await restoreCheckpoint(files);
    expect(told).toContain(sentence);
    expect(told).toMatch(/; the run goes on from the checkpoint before, of iteration 20$/);
    expect(await readStoredRun(files)).toMatchObject({ step: 20 });
    expect(await restoreCheckpoint(files)).toBeNull();
    await save(files, 40);
    expect(await readStoredRun(files)).toMatchObject({ step: 40 });
  });

  it('is refused where the one before is damaged, too, or the last one is of a later version, and left as it is', async () => {
    const files = await twoCheckpoints();
    await files.write('checkpoint.json', new TextEncoder().encode('{"format":3}'));
    await expect(restoreCheckpoint(files)).rejects.toThrow('format must be 1 or 2, got 3');
    await expect(readStoredRun(files)).rejects.toThrow('format must be 1 or 2, got 3');
    const both = await twoCheckpoints();
    for (const name of [WEIGHTS, '000000020.g.b.safetensors'])
      await both.write(name, flipped(both.files.get(name)!));
    const before = new Map(both.files);
    await expect(restoreCheckpoint(both)).rejects.toThrow(`${WEIGHTS}: must be as it was written`);
    expect(both.files).toEqual(before);
  });
});

it('is null where a run was cut off before its first checkpoint was whole', async () => {
  const files = new MemoryFiles();
  expect(await readStoredRun(files)).toBeNull();
  await save(files, 0);
  await files.remove('checkpoint.json');
  expect(await readStoredRun(files)).toBeNull();
});

it('takes the files of a checkpoint that is written meanwhile', async () => {
  const files = new MemoryFiles();
  await save(files, 20);
  const list = files.list.bind(files);
  let isFirst = true;
  files.list = async () => {
    if (isFirst) {
      isFirst = false;
      for (const step of [40, 60]) await save(files, step);
    }
    return list();
  };
  expect(await readStoredRun(files)).toMatchObject({ step: 60 });
});
