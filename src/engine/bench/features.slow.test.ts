/**
 * Whether FD-brain and FD-random may be used: on real slices the distance must rise the more they are blurred, noisy or of another
 * contrast. Prints the table of docs/MEASUREMENTS.md.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { blurred, noisy } from '../../../test/degrade';
import { DATA_DIR, hasData } from '../../../test/sharedData';
import { nodeEnvironment } from '../../platform/node/environment';
import { readScan } from '../../platform/node/scans';
import { trainingScans } from '../../platform/node/trainingScans';
import { resizeSquare } from '../../volume/slices';
import { startEngine } from '../backend/backend';
import { FEATURE_SIDE } from '../networks/featureNetwork/config';
import { sliceImage } from '../training/data';
import { volumeSlices } from '../training/dataset';
import { type FeatureNetwork, featuresOf, randomFeatureNetwork, trainedFeatureNetwork } from './features';
import { frechetDistance } from './frechet';
import { kernelDistance } from './kid';

const WEIGHTS = new URL('../../../public/features/fd-brain/weights.safetensors', import.meta.url);
const GRID = { size: 256, pixelSize: 0.9375, intensity: 'foreground-median' } as const;
const CONTRASTS = ['T1w', 'FLAIR'] as const;
/** What worse slices are held against: a small fault may be less than what one patient differs from another by. */
const REFERENCES = ['the same slices', 'other patients'] as const;

/** Minutes a contrast: asked for by name, where weights or network have changed. */
const isAsked = hasData && process.env.SYNDIFF_FEATURES === '1';

/** Of each patient in order, slices of 128 x 128 in both contrasts alike; the val and train patients of tcga-lgg. */
async function realSlices(): Promise<Record<(typeof CONTRASTS)[number], Float32Array[]>[]> {
  const scans = await trainingScans(CONTRASTS.map((one) => `${join(DATA_DIR, 'tcga-lgg')}:${one}`).join());
  const patients = [...new Set(scans.filter(({ split }) => split !== 'test').map(({ subject }) => subject))];
  const found = [];
  for (const patient of patients) {
    const images = async (contrast: string) => {
      const { path } = scans.find((scan) => scan.subject === patient && scan.path.includes(`_${contrast}.`))!;
      const set = volumeSlices((await readScan(path)).image, patient, GRID);
      return Array.from({ length: set.count }, (_, n) =>
        resizeSquare(sliceImage(set, n), GRID.size, FEATURE_SIDE),
      );
    };
    found.push({ T1w: await images('T1w'), FLAIR: await images('FLAIR') });
  }
  return found;
}

type Change = (image: Float32Array, by: number, n: number, other: Float32Array[]) => Float32Array;
const CHANGES: readonly (readonly [name: string, levels: readonly number[], change: Change])[] = [
  ['blur, sigma in pixels of 128', [0, 0.5, 1, 2, 3], (image, by) => blurred(image, by)],
  ['noise, deviation of the range', [0, 0.02, 0.04, 0.08, 0.16], (image, by, n) => noisy(image, by, n)],
  [
    'share of the other contrast',
    [0, 0.1, 0.25, 0.5, 1],
    (image, by, n, other) => ((n * 0.618034) % 1 < by ? other[n % other.length] : image),
  ],
];

describe.skipIf(!isAsked)('on slices of patients (need ../shared and SYNDIFF_FEATURES=1)', () => {
  let networks: Record<string, FeatureNetwork>;
  let patients: Awaited<ReturnType<typeof realSlices>>;
  beforeAll(async () => {
    await startEngine('wasm', await nodeEnvironment(() => {}, null));
    networks = {
      'FD-brain': trainedFeatureNetwork(await readFile(WEIGHTS)),
      'FD-random': randomFeatureNetwork(),
    };
    patients = await realSlices();
  }, 600_000);

  it.each([
    ['T1w', 'FLAIR'],
    ['FLAIR', 'T1w'],
  ] as const)(
    '%s: distances rise with all that makes images worse',
    async (contrast, other) => {
      const half = (which: number, of: (typeof CONTRASTS)[number]) =>
        patients.filter((_, n) => n % 2 === which).flatMap((patient) => patient[of]);
      const [reference, judged, wrong] = [half(0, contrast), half(1, contrast), half(1, other)];
      const lines = [`${contrast}: ${reference.length} and ${judged.length} slices; 1000 x the distance`];
      const falls: Record<(typeof REFERENCES)[number], string[]> = {
        'the same slices': [],
        'other patients': [],
      };
      for (const [what, levels, change] of CHANGES) {
        const changed = levels.map((by) => judged.map((image, n) => change(image, by, n, wrong)));
        for (const [name, network] of Object.entries(networks)) {
          const sets = [];
          for (const images of changed) sets.push(await featuresOf(network, images));
          const of = { 'the same slices': sets[0], 'other patients': await featuresOf(network, reference) };
          for (const against of REFERENCES) {
            for (const [measure, distance] of Object.entries({ FD: frechetDistance, KID: kernelDistance })) {
              const values = sets.map((set) => 1000 * distance(of[against], set));
              const cells = values.map((v) => v.toFixed(v < 9.95 ? 2 : 1)).join(' | ');
              lines.push(
                `| ${contrast}, ${what} ${levels.join(', ')} | ${against} | ${name} ${measure} | ${cells} |`,
              );
              const told = `${name} ${measure}, ${what}`;
              if (values.some((v, n) => n > 0 && v <= values[n - 1])) falls[against].push(told);
              if (against === 'the same slices' && measure === 'FD') expect(values[0]).toBeLessThan(1e-6);
              // FD-random hardly sees the contrast of other patients' slices: its use ends there.
              if (name === 'FD-brain') expect(values[values.length - 1], told).toBeGreaterThan(values[0]);
            }
          }
        }
      }
      const told = REFERENCES.map(
        (against) => `falls against ${against}: ${falls[against].join('; ') || 'none'}`,
      );
      console.log([...lines, ...told].join('\n'));
      expect(falls['the same slices']).toEqual([]);
    },
    900_000,
  );
});
