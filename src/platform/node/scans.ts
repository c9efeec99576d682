import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type NamedBytes, readNifti, readNiftiAll } from '../../volume/nifti';
import type { Volume } from '../../volume/volume';
import { readBytes } from './files';

/** One volume of a scan on disk (.nii, .nii.gz, or either file of a .hdr/.img pair). Throws as `readNifti`. */
export async function readScan(path: string, volume = 0): Promise<Volume> {
  const { file, image } = await scanFiles(path);
  return readNifti(file, { image, volume });
}

/** All volumes of a scan on disk. Throws as `readNiftiAll`. */
export async function readScanAll(path: string): Promise<Volume[]> {
  const { file, image } = await scanFiles(path);
  return readNiftiAll(file, { image });
}

/** The files that make up a scan on disk: itself, or the header and the image of a pair. */
export function scanPaths(path: string): string[] {
  const header = partner(path, 'img', 'hdr') ?? path;
  const image = partner(header, 'hdr', 'img');
  return image === undefined ? [header] : [header, image];
}

async function scanFiles(path: string): Promise<{ file: NamedBytes; image?: NamedBytes }> {
  const [file, image] = scanPaths(path);
  return { file: await named(file), image: image === undefined ? undefined : await named(image) };
}

/** The other file of a .hdr/.img pair where it exists, in the same spelling. */
function partner(path: string, from: string, to: string): string | undefined {
  const pattern = new RegExp(`\\.${from}(\\.gz)?$`, 'i');
  if (!pattern.test(path)) return undefined;
  return [
    path.replace(pattern, `.${to}$1`),
    path.replace(pattern, `.${to}`),
    path.replace(pattern, `.${to}.gz`),
  ].find(existsSync);
}

async function named(path: string): Promise<NamedBytes> {
  return { name: basename(path), bytes: await readBytes(path) };
}
