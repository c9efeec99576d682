/** Weights as torch.save writes them, in a zip or one after the other: other programs in the pickle, other places, damaged bytes. */
import { concat } from '../../src/volume/gzip';
import {
  type FixtureTensor,
  legacyCheckpoint,
  op,
  pickle,
  pickledStateDict,
  zip,
} from '../checkpointFixtures';
import { mutate } from './mutate';
import { Random } from './random';
import type { Target } from './target';
import { readAndCheck, STATE } from './weights';

const TENSORS: [name: string, FixtureTensor][] = [...STATE].map(([name, { shape, data }]) => [
  name,
  { shape: [...shape], storage: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
]);
const STORAGES = TENSORS.map(([, { storage }]) => storage);

/** Arrays of numbers would take most of the time. */
const bytesOf = (opcodes: readonly number[]) => Uint8Array.from(opcodes);
const programOf = (tensors: readonly [string, FixtureTensor][]) =>
  bytesOf(pickledStateDict(Object.fromEntries(tensors)));
const PLAIN = programOf(TENSORS);
const [PROTO, STOP, SET_ITEMS] = [op.proto, op.stop, op.setItems].map(bytesOf);
const [NET, ARGS] = [[...op.emptyDict, ...op.mark, ...op.text('gen_dict')], op.text('args')].map(bytesOf);
/** What a legacy checkpoint has before and behind the pickle of its object. */
const [BEFORE, BEHIND] = (() => {
  const whole = legacyCheckpoint(op.text('object'), STORAGES);
  const object = pickle(op.text('object'));
  const at = Buffer.from(whole).indexOf(object);
  return [whole.subarray(0, at), whole.subarray(at + object.length)];
})();

export const torchZip: Target = {
  name: 'pth-zip',
  async run(random) {
    const program = pickleOf(random);
    const files: Record<string, Uint8Array> = {
      'net/data.pkl': random.once(3) ? mutate(program, random) : program,
    };
    for (const [n, storage] of STORAGES.entries())
      if (!random.once(200)) files[`net/data/${n}`] = random.once(100) ? mutate(storage, random) : storage;
    if (random.once(10))
      files['net/byteorder'] = new TextEncoder().encode(random.pick(['little', 'big', '']));
    const bytes = await zip(files, { deflate: random.once(60) });
    await readAndCheck(random.once(2) ? mutate(bytes, random) : bytes);
  },
};

export const torchLegacy: Target = {
  name: 'pth-legacy',
  async run(random) {
    const bytes = concat([BEFORE, pickleOf(random), BEHIND]);
    await readAndCheck(random.once(2) ? mutate(bytes, random) : bytes);
  },
};

/** A state_dict, alone or under a name with arguments; of some the tensors are not where or what they were. */
function pickleOf(random: Random): Uint8Array {
  let object = random.once(4) ? variant(random.below(VARIANTS)) : PLAIN;
  if (random.once(3)) object = concat([NET, object, ARGS, random.pick(ARGUMENTS), SET_ITEMS]);
  return concat([PROTO, random.once(2) ? withOpcodes(object, random) : object, STOP]);
}

/** Kept, since they take a hundred times as long to make as to read. */
function variant(n: number): Uint8Array {
  const made = variants.get(n) ?? programOf(otherTensors(new Random(n, 'variants', n)));
  variants.set(n, made);
  return made;
}
const VARIANTS = 300;
const variants = new Map<number, Uint8Array>();

function otherTensors(random: Random): [name: string, FixtureTensor][] {
  const others = TENSORS.slice();
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = random.below(others.length);
    const [name, tensor] = others[at];
    const names = ['__proto__', '', `${name}\u202e`, 'x'.repeat(3000)];
    others[at] = random.once(3) ? [random.pick(names), tensor] : [name, moved(tensor, random)];
  }
  return others;
}

const ARGUMENTS = [
  [],
  [...op.text('ngf'), ...op.int(1)],
  [...op.text('method'), ...op.text('resnet'), ...op.text('image_size'), ...op.float(1e300)],
  [...op.text('ch_mult'), ...op.emptyList, ...op.mark, ...op.int(1), ...op.none, ...op.appends],
  [...op.text('__proto__'), ...op.emptyDict],
  [...op.none, ...op.true],
].map((items) => bytesOf([...op.emptyDict, ...op.mark, ...items, ...op.setItems]));

function moved(tensor: FixtureTensor, random: Random): FixtureTensor {
  const sides = () => tensor.shape.map(() => random.pick([0, 1, 2, 7, 49, 2 ** 31 - 1]));
  return {
    ...tensor,
    ...(random.once(2) ? { offset: random.pick([0, 1, 1000, 2 ** 31 - 1, -1]) } : {}),
    ...(random.once(2) ? { strides: sides() } : { shape: sides() }),
    ...(random.once(3)
      ? { storageType: random.pick(['HalfStorage', 'LongStorage', 'BoolStorage', 'NoStorage']) }
      : {}),
    ...(random.once(4) ? { length: random.pick([0, 1, 2 ** 31 - 1, -1]) } : {}),
  };
}

/** All that a pickle may do, among what it does. */
const OPCODES: readonly Uint8Array[] = [
  ...Object.values(op).filter((one): one is number[] => Array.isArray(one)),
  ...[...'012acdehijlqrsKMJGXUTCB'].map((letter) => [letter.charCodeAt(0)]),
  ...[0x85, 0x86, 0x87, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x93, 0x94, 0x95].map((code) => [code]),
  [0x71, 0],
  [0x68, 0],
  op.int(-1),
  op.text('storage'),
  op.global('torch', 'FloatStorage'),
  op.global('torch', 'Size'),
  op.global('argparse', 'Namespace'),
  op.global('collections', 'OrderedDict'),
  op.global('torch._utils', '_rebuild_tensor_v2'),
  op.global('torch._utils', '_rebuild_parameter'),
  op.global('os', 'system'),
].map(bytesOf);

function withOpcodes(program: Uint8Array, random: Random): Uint8Array {
  let changed = program;
  for (let n = 1 + random.below(6); n > 0; n--) {
    const at = random.below(changed.length + 1);
    changed = concat([changed.subarray(0, at), random.pick(OPCODES), changed.subarray(at + random.below(3))]);
  }
  return changed;
}
