import type { GeneratorConfig } from '../networks/config';

/** Intensity maps to [-1, 1]; defined in volume/intensity.ts. */
export type IntensityMapName = 'foreground-p99.5' | 'foreground-median';

/** What a model is, by what it was made and what it can do: public/weights/<id>/card.json. */
export interface ModelCard {
  id: string;
  version: string;
  name: string;
  /** BIDS suffixes, e.g. "T1w", "FLAIR". */
  source: string;
  target: string;
  /** Interim models are for trying the path, and the page says so. */
  interim?: boolean;
  network: GeneratorConfig;
  weights: { file: string; sha256: string; dtype: 'f32' | 'f16' | 'q8'; bytes: number };
  preprocessing: {
    plane: 'axial';
    /** Side of a model pixel, mm. */
    pixelSize: number;
    /** Side of the model's square image, pixels. */
    size: number;
    intensity: IntensityMapName;
  };
  diffusion: { steps: number; betaMin: number; betaMax: number; schedule: 'vp' | 'geometric' };
  training: {
    data: string;
    licence: string;
    variant: string;
    iterations: number;
    commit?: string;
    date: string;
  };
  licence: string;
  metrics: {
    data: string;
    split: string;
    /** Number of patients. */
    n: number;
    rows: { label: string; psnr: number; ssim: number; mae: number; psnrCopy?: number }[];
    note?: string;
  };
  intendedUse: string;
  limits: string[];
}
