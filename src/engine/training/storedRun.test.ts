import { expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { tinySettings } from '../../../test/tinyRun';
import { saveCheckpoint } from './checkpoint';
import { disposeNetworks } from './networks';
import { startRun } from './startRun';
import { readStoredRun } from './storedRun';
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
      await save(files, 40);
    }
    return list();
  };
  expect(await readStoredRun(files)).toMatchObject({ step: 40 });
});
