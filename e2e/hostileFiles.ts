/** Small files made to take much: time, memory, depth, or the screen. Each must end in one short sentence. */
import { gzipSync } from 'node:zlib';
import { op, pickle, zip } from '../test/checkpointFixtures';
import { headScan, type TestFile } from './phantom';

const of = (name: string, bytes: Uint8Array | string): TestFile => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

/** A list in the memo, from which one object after the other is built. */
function manyBuilds(): Uint8Array {
  const [list, again] = [
    [0x71, 1],
    [0x68, 1],
  ];
  const build = [...op.global('collections', 'OrderedDict'), ...again, ...op.reduce];
  const items = Array.from({ length: 1000 }, () => op.none).flat();
  const many = Array.from({ length: 600 }, () => build).flat();
  const args = [...op.mark, ...op.mark, ...items, ...op.tuple, ...op.tuple, ...list];
  return pickle([...args, ...op.mark, ...many, ...op.tuple]);
}

/** As many entries as a directory has room for, all of them the same bytes. */
async function overlapping(): Promise<Uint8Array> {
  const one = Buffer.from(
    await zip({ 'net/data.pkl': pickle(op.emptyDict), 'net/data/0': new Uint8Array(9000) }),
  );
  const from = one.indexOf('PK\x01\x02', one.indexOf('PK\x01\x02') + 1);
  const end = one.indexOf('PK\x05\x06');
  const entry = one.subarray(from, end);
  const count = 4000;
  const entries = Array.from({ length: count }, (_, n) => {
    const other = Buffer.from(entry);
    other.write(String(n).padStart(4, '0'), other.length - 4);
    return other;
  });
  const tail = Buffer.from(one.subarray(end));
  tail.writeUInt16LE(count + 1, 8);
  tail.writeUInt16LE(count + 1, 10);
  tail.writeUInt32LE(end - one.indexOf('PK\x01\x02') + (count - 1) * entry.length, 12);
  return Buffer.concat([one.subarray(0, end), ...entries.slice(1), tail]);
}

function manyTensors(): Uint8Array {
  const tensor = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
  const header = JSON.stringify(
    Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`t${n}`, tensor])),
  );
  const bytes = Buffer.alloc(8 + header.length);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  return bytes;
}

/** A header of hundreds of MB, and what a gzip file of it would be long. */
function bomb(): Uint8Array {
  const header = Buffer.from(headScan('a.nii').buffer.subarray(0, 352));
  for (const at of [42, 44, 46]) header.writeInt16LE(700, at);
  return Buffer.concat([gzipSync(header), Buffer.alloc(280_000)]);
}

export async function hostileFiles(): Promise<{ file: TestFile; says: RegExp }[]> {
  return [
    { file: of('builds.pth', await zip({ 'net/data.pkl': manyBuilds() })), says: /builds\.pth|checkpoint/ },
    {
      file: of(
        'marks.pth',
        pickle(
          '('
            .repeat(200_000)
            .split('')
            .map((c) => c.charCodeAt(0)),
        ),
      ),
      says: /marks\.pth/,
    },
    { file: of('overlap.pth', await overlapping()), says: /overlap\.pth/ },
    { file: of('tensors.safetensors', manyTensors()), says: /tensors\.safetensors/ },
    { file: of('deep.json', `{"id":${'['.repeat(100_000)}`), says: /deep\.json/ },
    { file: of('long.json', JSON.stringify({ id: 'x'.repeat(200_000) })), says: /long\.json/ },
    { file: of('bomb.nii.gz', bomb()), says: /^bomb\.nii\.gz: / },
    { file: of(`\u202e\x1b[2J${'long'.repeat(50)}.txt`, 'text'), says: /neither a scan nor weights/ },
  ];
}
