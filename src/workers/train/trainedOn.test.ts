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
    'open_ms_data, longitudinal (Lesjak et al., Neuroinformatics 2017): 1 volumes of T1w and 1 of FLAIR',
  );
  expect(dataLicence(visit)).toMatch(/^CC BY/);
  expect(dataText(run('phantom-01_T1w'))).toContain('no real anatomy');
});

it("says of the user's own scans only how many they are", () => {
  for (const own of [run('Jane_T1w.nii'), run('sub-openmsl03s2_T1w.nii.gz', 'Jane_T1w.nii')]) {
    expect(dataText(own)).toMatch(/^scans of this page's user: \d/);
    expect(dataText(own)).not.toContain('Jane');
    expect(dataLicence(own)).toBe("as the training scans' owner decides");
  }
});
