import { UnsupportedFile } from '../../errors';
import { readNifti } from '../../volume/nifti';
import type { Volume } from '../../volume/volume';
import type { InputFile } from '../translate/protocol';

/** A scan from the page: one .nii or .nii.gz, or a .hdr with its .img. @throws as `readNifti`, UnsupportedFile for other files */
export async function readScanFiles(files: readonly InputFile[], volume?: number): Promise<Volume> {
  const image = files.find((file) => /\.img(\.gz)?$/i.test(file.name));
  const header = files.find((file) => file !== image) ?? image;
  if (!header || files.length > (image ? 2 : 1)) {
    throw new UnsupportedFile(
      `scan: one .nii or .nii.gz, or a .hdr with its .img, got ${files.map((f) => f.name).join(', ') || 'no file'}`,
    );
  }
  return readNifti(header, { image: image === header ? undefined : image, volume });
}
