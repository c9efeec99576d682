/** The JSON beside a result. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSidecar } from '../../src/cli/evaluate/sidecar';
import { type SidecarFacts, sidecarJson } from '../../src/volume/sidecar';
import { mutate } from './mutate';
import { jsonBytes, mutateJson } from './mutateJson';
import { must, type Target } from './target';

const frame = { map: 'foreground-median', low: 0, high: 900 } as const;
const FACTS: SidecarFacts = {
  sourceName: 'a.nii',
  source: 'T1w',
  target: 'FLAIR',
  modelId: 'tiny',
  modelName: 'Tiny',
  weightsSha256: '0'.repeat(64),
  seed: 1,
  steps: 4,
  samples: 1,
  noise: 'shared',
  drawn: true,
  intensity: { source: frame, target: { map: 'hu', low: -1024, high: 2048 } },
  grid: { size: 16, pixelSize: 10 },
  backend: 'cpu',
  date: '2026-01-01T00:00:00Z',
  slices: [3, 4, 5],
  softwareVersion: '0',
};
const SAMPLE: unknown = JSON.parse(sidecarJson(FACTS));

const folder = mkdtempSync(join(tmpdir(), 'syndiff-fuzz-sidecars-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export const sidecars: Target = {
  name: 'sidecars',
  async run(random) {
    let bytes = jsonBytes(mutateJson(SAMPLE, random), random);
    if (random.once(4)) bytes = mutate(bytes, random);
    writeFileSync(join(folder, 'a.json'), bytes);
    const sidecar = await readSidecar(join(folder, 'a.nii.gz'));
    if (!sidecar) return;
    must(sidecar.target.high > sidecar.target.low, 'an empty range');
    must(sidecar.slices.every(Number.isInteger), 'a slice that is none');
  },
};
