import { expect, it } from 'vitest';
import { presetSettings } from '../../engine/training/settings';
import { dataLicence, dataText } from './trainedOn';

const run = (...names: string[]) => ({
  settings: presetSettings('tiny', { a: 'T1w', b: 'FLAIR' }),
  volumes: { trainA: names, trainB: names, valA: [], valB: [] },
});

it('names the data where the scans came with the page, and their licence', () => {
  const visit = run('sub-openmsl03s2_T1w.nii.gz');
  expect(dataText(visit)).toBe(
    'open_ms_data, longitudinal (Lesjak et al., Neuroinformatics 2017): 1 volume of T1w and 1 of FLAIR',
  );
  expect(dataLicence(visit)).toMatch(/^CC BY/);
  expect(dataText(run('phantom-01_T1w'))).toContain('no real anatomy');
});

it('tells which images and volumes they are where all names say the same', () => {
  const t1w = ['sub-1_acq-highres_T1w.nii', 'sub-2_acq-highres_T1w.nii'];
  const flair = ['sub-1_acq-a_FLAIR.nii (volume 2)', 'sub-2_acq-b_FLAIR.nii (volume 2)'];
  const { settings, volumes } = run();
  expect(dataText({ settings, volumes: { ...volumes, trainA: t1w, trainB: flair } })).toBe(
    "scans of this page's user: 2 volumes of T1w (acq-highres) and 2 of FLAIR (volume 2)",
  );
});

it("says of the user's own scans only how many they are", () => {
  for (const own of [run('Jane_T1w.nii'), run('sub-openmsl03s2_T1w.nii.gz', 'Jane_T1w.nii')]) {
    expect(dataText(own)).toMatch(/^scans of this page's user: \d/);
    expect(dataText(own)).not.toContain('Jane');
    expect(dataLicence(own)).toBe("as the training scans' owner decides");
  }
});

it('tells of a training without a source its one contrast', () => {
  const { settings, volumes } = run('Jane_T1w.nii');
  const variant = { ...settings.variant, pairing: 'unconditional' as const };
  const alone = { settings: { ...settings, variant }, volumes: { ...volumes, trainB: [] } };
  expect(dataText(alone)).toBe("scans of this page's user: 1 volume of T1w");
});
