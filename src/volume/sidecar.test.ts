import { describe, expect, it } from 'vitest';
import { derivativeName, sidecarJson, sidecarName, syntheticDescrip } from './sidecar';

describe('derivativeName', () => {
  it.each([
    ['sub-01_T1w.nii.gz', 'FLAIR', 'sub-01_desc-synth_FLAIR.nii.gz'],
    ['sub-01_ses-2_run-1_FLAIR.nii', 'T1w', 'sub-01_ses-2_run-1_desc-synth_T1w.nii.gz'],
    ['sub-01_desc-preproc_T1w.nii.gz', 'T2w', 'sub-01_desc-synth_T2w.nii.gz'],
    ['sub-01_T1w.nii.gz', 'CT', 'sub-01_desc-synth_CT.nii.gz'],
    ['sub-01_CT.nii.gz', 'T1w', 'sub-01_desc-synth_T1w.nii.gz'],
    ['sub-01_UNIT1.nii.gz', 'FLAIR', 'sub-01_desc-synth_FLAIR.nii.gz'],
    ['sub-01_T1w (1).nii.gz', 'FLAIR', 'sub-01_desc-synth_FLAIR.nii.gz'],
    ['ch2.nii.gz', 'FLAIR', 'ch2_desc-synth_FLAIR.nii.gz'],
    ['SCAN.HDR', 'T1w', 'SCAN_desc-synth_T1w.nii.gz'],
    ['old_PDw.img.gz', 'T1w', 'old_desc-synth_T1w.nii.gz'],
    ['sub-01_T1w.nii (1).gz', 'FLAIR', 'sub-01_desc-synth_FLAIR.nii.gz'],
    ['sub-01_T1w (1).nii.gz', 'FLAIR', 'sub-01_desc-synth_FLAIR.nii.gz'],
    ['UPPER_T1W.NII.GZ', 'FLAIR', 'UPPER_desc-synth_FLAIR.nii.gz'],
    ['noext', 'FLAIR', 'noext_desc-synth_FLAIR.nii.gz'],
    ['folder/my.scan v2.nii', 'FLAIR', 'my.scan v2_desc-synth_FLAIR.nii.gz'],
  ])('%s to %s is %s', (name, target, want) => {
    expect(derivativeName(name, target, '.nii.gz')).toBe(want);
  });

  it('has its sidecar beside it', () => {
    expect(sidecarName('out/sub-01_desc-synth_FLAIR.nii.gz')).toBe('out/sub-01_desc-synth_FLAIR.json');
  });
});

describe('sidecarJson', () => {
  it('keeps no seed of what draws nothing, and the noise where it says which style was taken', () => {
    const keys = (noise: string) =>
      Object.keys(JSON.parse(sidecarJson({ ...facts, drawn: false, noise }))).filter((key) =>
        ['Seed', 'Samples', 'Noise'].includes(key),
      );
    expect(keys('shared')).toEqual([]);
    expect(keys('mean')).toEqual(['Noise']);
  });

  const facts = {
    sourceName: 'sub-01_T1w.nii.gz',
    source: 'T1w',
    target: 'FLAIR',
    modelId: 't1w-flair',
    modelName: 'T1w to FLAIR',
    weightsSha256: 'ab'.repeat(32),
    seed: 7,
    steps: 4,
    samples: 2,
    noise: 'shared',
    drawn: true,
    intensity: {
      source: { map: 'foreground-p99.5', low: 0, high: 181.25 },
      target: { map: 'foreground-p99.5', low: 0, high: 181.25 },
    } as const,
    grid: { size: 256, pixelSize: 0.9375 },
    backend: 'webgpu',
    date: '2026-01-02T03:04:05Z',
    slices: [3, 4],
    softwareVersion: '0.1.0',
  };

  it('says what made the image and that it is synthetic', () => {
    expect(JSON.parse(sidecarJson(facts))).toEqual({
      Description: 'Synthetic FLAIR computed from T1w; research only, not for clinical use',
      Synthetic: true,
      NotForClinicalUse: true,
      Sources: ['sub-01_T1w.nii.gz'],
      SpatialReference: 'orig',
      SourceContrast: 'T1w',
      TargetContrast: 'FLAIR',
      Model: { Id: facts.modelId, Name: facts.modelName, WeightsSha256: facts.weightsSha256 },
      Seed: 7,
      Steps: 4,
      Samples: 2,
      Noise: 'shared',
      ModelGrid: { Size: 256, PixelSize: 0.9375 },
      IntensityMap: { Name: 'foreground-p99.5', Lower: 0, Upper: 181.25 },
      TargetIntensityMap: { Name: 'foreground-p99.5', Lower: 0, Upper: 181.25 },
      TranslatedSlices: [3, 4],
      Backend: 'webgpu',
      Date: '2026-01-02T03:04:05Z',
      GeneratedBy: [{ Name: 'SynDiff Web', Version: '0.1.0' }],
    });
  });

  it('gives the units of a CT', () => {
    const intensity = { ...facts.intensity, target: { map: 'hu', low: -1024, high: 2048 } } as const;
    expect(JSON.parse(sidecarJson({ ...facts, target: 'CT', intensity }))).toMatchObject({
      Units: 'HU',
      TargetIntensityMap: { Name: 'hu', Lower: -1024, Upper: 2048 },
    });
  });

  it('fits the header in one line', () => {
    expect(syntheticDescrip(facts)).toBe('SYNTHETIC FLAIR, not for clinical use; SynDiff t1w-flair');
    expect(syntheticDescrip({ ...facts, previewOf: 1000 })).toMatch(/^SYNTHETIC FLAIR PREVIEW, not/);
    expect(syntheticDescrip({ target: 'FLAIR', modelId: 'x'.repeat(99) }).length).toBe(79);
  });
});
