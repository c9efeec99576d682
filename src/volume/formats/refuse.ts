/** Files that are something else: each is refused by name, with the way to a NIfTI. */

import { UnsupportedFile } from '../../errors';
import { SCAN_EXTENSIONS } from './names';

interface Foreign {
  what: string;
  advice: string;
  extension?: RegExp;
  /** Bytes at an offset that tell the format. */
  magic?: { at: number; text: string }[];
}

const FOREIGN: Foreign[] = [
  {
    what: 'DICOM',
    advice: 'convert the series to NIfTI, e.g. with dcm2niix',
    extension: /\.(dcm|dicom|ima)(\.gz)?$|^dicomdir$/i,
    magic: [{ at: 128, text: 'DICM' }],
  },
  {
    what: 'FreeSurfer MGH',
    advice: 'convert it to NIfTI, e.g. with mri_convert scan.mgz scan.nii.gz',
    extension: /\.(mgh|mgz|mgh\.gz)$/i,
  },
  {
    what: 'MATLAB',
    advice: 'save the volume as NIfTI instead, e.g. with niftiwrite',
    extension: /\.mat$/i,
    magic: [{ at: 0, text: 'MATLAB 5.0' }],
  },
  {
    what: 'NRRD',
    advice: 'convert it to NIfTI, e.g. in 3D Slicer',
    extension: /\.(nrrd|nhdr)$/i,
    magic: [{ at: 0, text: 'NRRD000' }],
  },
  {
    what: 'MetaImage',
    advice: 'convert it to NIfTI, e.g. in 3D Slicer',
    extension: /\.(mha|mhd)$/i,
    magic: [{ at: 0, text: 'ObjectType' }],
  },
  {
    what: 'MINC',
    advice: 'convert it to NIfTI, e.g. with mnc2nii',
    extension: /\.mnc$/i,
    magic: [{ at: 0, text: 'CDF' }],
  },
  { what: 'HDF5', advice: 'save the volume as NIfTI instead', magic: [{ at: 0, text: '\x89HDF' }] },
  {
    what: 'AFNI',
    advice: 'convert it to NIfTI, e.g. with 3dAFNItoNIFTI',
    extension: /\.(head|brik)(\.gz)?$/i,
  },
  {
    what: 'picture',
    advice: 'a picture has no position and size in mm: take the NIfTI or DICOM from which it was made',
    extension: /\.(png|jpe?g|gif|bmp|webp|tiff?)$/i,
    magic: [
      { at: 0, text: '\x89PNG' },
      { at: 0, text: '\xff\xd8\xff' },
      { at: 0, text: 'GIF8' },
      { at: 0, text: 'II*\0' },
      { at: 0, text: 'MM\0*' },
    ],
  },
  { what: 'PDF', advice: 'choose a NIfTI scan', extension: /\.pdf$/i, magic: [{ at: 0, text: '%PDF' }] },
  {
    what: 'zip archive',
    advice: 'unpack it and choose the .nii or .nii.gz inside',
    extension: /\.zip$/i,
    magic: [{ at: 0, text: 'PK\x03\x04' }],
  },
  {
    what: 'tar archive',
    advice: 'unpack it and choose the .nii or .nii.gz inside',
    extension: /\.(tar|tgz|tar\.gz)$/i,
    magic: [{ at: 257, text: 'ustar' }],
  },
];

/**
 * Throws UnsupportedFile if the name or the first bytes are those of a known other format.
 * @param head the first bytes, inflated if the file is compressed (some hundred are enough)
 */
export function refuseForeign(name: string, head: Uint8Array): void {
  for (const { what, advice, extension, magic } of FOREIGN) {
    if (extension?.test(name) || magic?.some(({ at, text }) => startsWith(head, at, text)))
      throw new UnsupportedFile(
        `${name}: must be a scan (${SCAN_EXTENSIONS.join(', ')}), got ${what}; ${advice}`,
      );
  }
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return bytes.length >= at + text.length && [...text].every((c, n) => bytes[at + n] === c.charCodeAt(0));
}
