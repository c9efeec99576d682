import { tableText } from '../../engine/textTable';
import {
  checkWritable,
  openGiven,
  refuseForeign,
  refuseOverwrite,
  writeBytes,
} from '../../platform/node/files';
import { readScanAll, scanPaths } from '../../platform/node/scans';
import { checkScan } from '../../volume/checkScan';
import { toCOrder } from '../../volume/formats/cOrder';
import type { Affine } from '../../volume/image';
import type { Arguments, Command } from '../kit/command';
import { type Io, saying } from '../kit/io';
import { factsText, JSON_OPTION, jsonText } from '../kit/report';

export const volumeCommand: Command = {
  name: 'volume',
  summary: 'Say how a scan is stored and how it lies in space',
  positionals: ['FILE'],
  options: {
    json: JSON_OPTION,
    raw: { value: 'OUT.f32', text: 'write the canonical voxels, little-endian float32, C order [i,j,k(,t)]' },
  },
  example: 'sub-01_T1w.nii.gz --json',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const [path] = args.positionals;
  const raw = args.text('raw');
  if (raw !== undefined) await checkOutput(path, raw);
  const volumes = await readScanAll(path, saying(io), openGiven);
  const description = volumes[0].describe();
  // Its remarks are told as it is read, and no volume is chosen.
  const warnings = checkScan({ ...volumes[0], remarks: [], volumeCount: 1 });
  for (const warning of warnings) io.err(`${volumes[0].name}: ${warning}\n`);
  if (raw !== undefined) {
    io.guard();
    await writeBytes(raw, new Uint8Array(toCOrder(volumes).buffer));
  }
  if (args.has('json')) {
    io.out(jsonText({ file: path, ...description, warnings: [...volumes[0].remarks, ...warnings] }));
    return 0;
  }
  const facts = factsText([
    ['stored', `${description.shapeStored.join(' x ')} ${description.dtype}, axes ${description.axisCodes}`],
    ['canonical (RAS+)', description.shapeCanonical.join(' x ')],
    ['voxel size', `${description.zooms.map((zoom) => Number(zoom.toPrecision(6))).join(' x ')} mm`],
  ]);
  io.out(`${facts}affine (canonical voxel to mm)\n${affineText(description.affine)}`);
  return 0;
}

async function checkOutput(input: string, output: string): Promise<void> {
  await refuseOverwrite(await scanPaths(input), output);
  await checkWritable(output);
  await refuseForeign(output, 'named .f32', () => /\.f32$/i.test(output));
}

function affineText(affine: Affine): string {
  return tableText(affine.map((row) => ['', ...row.map((value) => value.toFixed(4))]));
}
