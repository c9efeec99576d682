/** A run's slices as one file, so that it can go on where the scans are no longer at hand (a page that was reloaded). */
import { CorruptFile } from '../../errors';
import { list, parseJson, text } from '../../schema';
import {
  readSafetensors,
  type StoredTensor,
  type WritableTensor,
  writeSafetensors,
} from '../formats/safetensors';
import type { SliceSet, TrainData } from './data';

export const DATA_FILE = 'data.safetensors';

const PARTS = ['train.a', 'train.b', 'validation.a', 'validation.b'] as const;
type Part = (typeof PARTS)[number];

export function writeData({ train, validation }: TrainData): Uint8Array {
  const sets: Record<Part, SliceSet | undefined> = {
    'train.a': train.a,
    'train.b': train.b,
    'validation.a': validation?.a,
    'validation.b': validation?.b,
  };
  const tensors: [string, WritableTensor][] = [];
  const metadata: Record<string, string> = {};
  for (const part of PARTS) {
    const set = sets[part];
    if (!set) continue;
    if (part === 'train.b' && set === train.a) {
      metadata[part] = 'train.a';
      continue;
    }
    metadata[`${part}.subjects`] = JSON.stringify(set.subjects);
    tensors.push(
      [`${part}.images`, halves(set.images, [set.count, set.size, set.size, 2])],
      [`${part}.subject`, halves(set.subject, [set.count, 2])],
      [`${part}.slice`, halves(set.slice, [set.count, 2])],
      [`${part}.foreground`, { dtype: 'F32', shape: [set.count], data: set.foreground }],
    );
  }
  return writeSafetensors(tensors, metadata);
}

/** @throws CorruptFile where a part is missing */
export function readData(bytes: Uint8Array): TrainData {
  const { tensors, metadata } = readSafetensors(bytes);
  const set = (part: Part): SliceSet => {
    const of = (name: string) => {
      const found = tensors.get(`${part}.${name}`);
      if (!found) throw new CorruptFile(`${DATA_FILE}: must hold ${part}.${name}, got none; start a new run`);
      return found;
    };
    const images = of('images');
    return {
      size: images.shape[1],
      count: images.shape[0],
      images: words(images.data),
      subject: words(of('subject').data),
      slice: words(of('slice').data),
      foreground: of('foreground').data as Float32Array,
      subjects: parseJson(metadata[`${part}.subjects`] ?? '', list(text()), {
        subject: DATA_FILE,
        name: `${part}.subjects`,
        advice: 'start a new run',
      }),
    };
  };
  const a = set('train.a');
  const hasValidation = tensors.has('validation.a.images');
  return {
    train: { a, b: metadata['train.b'] === 'train.a' ? a : set('train.b') },
    validation: hasValidation ? { a: set('validation.a'), b: set('validation.b') } : null,
  };
}

/** Safetensors has no 16-bit whole numbers that this engine writes: they lie as pairs of bytes. */
function halves(values: Uint16Array, shape: number[]): WritableTensor {
  return { dtype: 'U8', shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function words(data: StoredTensor['data']): Uint16Array {
  return new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength / 2);
}
