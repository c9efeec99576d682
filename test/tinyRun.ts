/** The smallest run that has every network: tests train it in milliseconds. */
import { normals, uniformSource } from '../src/engine/random';
import type { SliceSet, TrainData } from '../src/engine/training/data';
import { joinSlices, pairedSlices } from '../src/engine/training/dataset';
import { presetSettings, type TrainSettings, withMethod } from '../src/engine/training/settings';
import type { Side } from '../src/engine/training/sides';
import { phantomAnatomy, phantomVolume } from '../src/volume/phantom';

export const TINY_SIZE = 32;

export function tinySettings(changes: Partial<TrainSettings> = {}): TrainSettings {
  const preset = presetSettings('tiny', { a: 'T1w', b: 'FLAIR' });
  const often = { ...preset, options: { ...preset.options, 'r1-every': 4 } };
  return {
    ...withMethod(often, changes.method ?? 'syndiff'),
    size: TINY_SIZE,
    generator: {
      ...preset.generator,
      image_size: TINY_SIZE,
      num_channels_dae: 8,
      ch_mult: [1, 2],
      num_res_blocks: 1,
      attn_resolutions: [16],
      z_emb_dim: 8,
      nz: 4,
    },
    widths: { r: 4, patch: 4, diffusive: 2, timeEmbedding: 8 },
    iterations: 12,
    ...changes,
  };
}

/** Discs of differing size and brightness; b is a darker when a is brighter, so that there is something to learn. */
export function tinySlices(count: number, side: 'a' | 'b'): SliceSet {
  const area = TINY_SIZE ** 2;
  const images = new Uint16Array(count * area);
  const draws = normals({ seed: 3, sample: 0, slice: 0, step: 0, stream: 'noise' }, 3 * count);
  for (let at = 0; at < images.length; at++) {
    const n = Math.floor(at / area);
    const [x, y] = [at % TINY_SIZE, Math.floor((at % area) / TINY_SIZE)];
    const radius = 11 + draws[3 * n];
    const distance = Math.hypot(x - 15.5 - draws[3 * n + 1], y - 15.5 - draws[3 * n + 2]);
    const inner = distance < radius / 2;
    if (distance < radius) images[at] = (inner === (side === 'a') ? 0.7 : 0.3) * 65535;
  }
  return {
    size: TINY_SIZE,
    count,
    images,
    subject: new Uint16Array(count),
    slice: Uint16Array.from({ length: count }, (_, n) => n),
    foreground: new Float32Array(count).fill(0.1),
    subjects: ['sub-1'],
  };
}

export function tinyData(train = 6, validation = 3): TrainData {
  return {
    train: { a: tinySlices(train, 'a'), b: tinySlices(train, 'b') },
    validation: validation > 0 ? { a: tinySlices(validation, 'a'), b: tinySlices(validation, 'b') } : null,
  };
}

/** Slices of the digital phantom: four subjects, the last one for validation. */
export function phantomData(settings: TrainSettings): TrainData {
  const sets = Array.from({ length: 4 }, (_, subject) => {
    const draws = (step: number) =>
      uniformSource({ seed: 1, sample: 0, slice: subject, step, stream: 'noise' });
    const anatomy = phantomAnatomy(draws(0));
    const scan = (side: Side, step: number) => {
      const name = `phantom-${subject}_${settings.contrasts[side]}`;
      return phantomVolume(anatomy, settings.contrasts[side], { name, uniform: draws(step) });
    };
    return pairedSlices({ a: scan('a', 1), b: scan('b', 2) }, `phantom-${subject}`, {
      ...settings,
      pixelSize: 240 / settings.size,
    });
  });
  const joined = (of: typeof sets) => ({
    a: joinSlices(of.map((s) => s.a)),
    b: joinSlices(of.map((s) => s.b)),
  });
  return { train: joined(sets.slice(0, 3)), validation: joined(sets.slice(3)) };
}
