import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { meanAbsoluteError } from './mae';
import { paperProtocol } from './paperProtocol';
import { psnr } from './psnr';
import { ssim } from './ssim';

/** What scikit-image gave on four image pairs; lies beside the repository where it is developed. */
const FOLDER = new URL('../../../../../shared/golden/', import.meta.url);
const PRESENT = existsSync(new URL('metrics.json', FOLDER));

interface Expected {
  mae: number;
  psnr_range1: number;
  psnr_refmax: number;
  ssim_gaussian: number;
  ssim_uniform7: number;
  paper_protocol: { psnr: number; ssim: number };
}

interface StoredImage {
  shape: [number, number];
  data_offsets: [number, number];
}

function readPairs() {
  const file = readFileSync(new URL('metrics.safetensors', FOLDER));
  const bytes = new Uint8Array(file);
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header: Record<string, StoredImage> = JSON.parse(file.toString('utf8', 8, 8 + headerLength));
  const image = (name: string) => {
    const [first, end] = header[name].data_offsets;
    return new Float32Array(bytes.slice(8 + headerLength + first, 8 + headerLength + end).buffer);
  };
  const expected: Record<string, Expected> = JSON.parse(
    readFileSync(new URL('metrics.json', FOLDER), 'utf8'),
  );
  return Object.entries(expected).map(([id, values]) => {
    const [height, width] = header[`ref_${id}`].shape;
    return { id, values, height, width, image: image(`img_${id}`), reference: image(`ref_${id}`) };
  });
}

describe.skipIf(!PRESENT)(
  'image measures against scikit-image (skipped where ../shared/golden is absent)',
  () => {
    for (const { id, values, height, width, image, reference } of PRESENT ? readPairs() : []) {
      const peak = reference.reduce((a, b) => Math.max(a, b), 0);
      const near = (value: number, wanted: number) =>
        expect(Math.abs(value - wanted) / wanted, `${value} for ${wanted}`).toBeLessThan(1e-6);

      it(`pair ${id}`, () => {
        near(meanAbsoluteError(image, reference), values.mae);
        near(psnr(image, reference, 1), values.psnr_range1);
        near(psnr(image, reference, peak), values.psnr_refmax);
        near(ssim(image, reference, width, height, 1), values.ssim_gaussian);
        near(ssim(image, reference, width, height, 1, 'uniform'), values.ssim_uniform7);
        const paper = paperProtocol(image, reference, width, height)!;
        near(paper.psnr, values.paper_protocol.psnr);
        near(paper.ssim, values.paper_protocol.ssim);
      });
    }
  },
);
