import { describe, expect, it } from 'vitest';
import { checkFilter, entityValue, filterScans, parseFilter } from './entityFilter';
import { readName } from './names';

const of = (scans: string[], ...texts: string[]) =>
  filterScans(scans, parseFilter(texts), (path) => path).kept;

const T1W = ['sub-1_acq-highres_T1w', 'sub-1_acq-lowres_T1w', 'sub-2_T1w'];

describe('filterScans', () => {
  it('keeps the values that are wanted', () => {
    expect(of(T1W, 'acq=highres')).toEqual([T1W[0]]);
    expect(of(T1W, 'acq=HighRes,none')).toEqual([T1W[0], T1W[2]]);
    expect(of(T1W, 'acq=lowres', 'acq=none')).toEqual([T1W[1], T1W[2]]);
    expect(of(['sub-1_run-01_T1w', 'sub-1_run-2_T1w'], 'run=1')).toEqual(['sub-1_run-01_T1w']);
    expect(of(['sub-1_ses-a_acq-x_T1w', 'sub-1_ses-b_acq-x_T1w'], 'ses=b', 'acq=x')).toHaveLength(1);
  });

  it('knows a contrast agent by a word, too', () => {
    expect(of(['a1_t1', 'a1_t1ce'], 'ce=none')).toEqual(['a1_t1']);
    expect(of(['a1_t1', 'a1_t1ce'], 'ce=yes')).toEqual(['a1_t1ce']);
  });

  it('says nothing of a list whose scans have no such entity', () => {
    expect(of(['sub-1_FLAIR', 'sub-2_FLAIR'], 'acq=highres')).toHaveLength(2);
  });
});

describe('what is refused', () => {
  const refusal = (lists: string[][], ...texts: string[]) => {
    try {
      checkFilter(parseFilter(texts), lists);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each(['acq', 'acq=', '=x', 'acq=a,,b', 'acq-highres', ''])('the form %j', (text) => {
    expect(() => parseFilter([text])).toThrow(
      `--filter: must be entity=value[,value], such as acq=highres, run=1 or ce=none, got "${text}"`,
    );
  });

  it('a value or an entity that no scan has, with what there is', () => {
    expect(refusal([T1W, ['sub-1_FLAIR']], 'acq=highres')).toBeNull();
    expect(refusal([T1W, ['sub-1_FLAIR']], 'acq=highres,high')).toBe(
      '--filter acq=high: must match a scan, got none; there are acq=highres, acq=lowres, acq=none',
    );
    expect(refusal([T1W, ['sub-1_FLAIR']], 'run=1')).toBe(
      '--filter run=1: must match a scan, got none; there are acq=highres, acq=lowres, acq=none',
    );
    expect(refusal([['sub-1_ses-2_T1w'], ['sub-1_FLAIR']], 'acq=x')).toBe(
      '--filter acq=x: must match a scan, got none; there are only ses and sub in their names; leave the filter out',
    );
    expect(refusal([['a1_t1'], ['a1_flair']], 'acq=none')).toContain('there are no entities in their names');
  });

  it('what leaves nothing of a contrast', () => {
    expect(refusal([T1W, ['sub-1_acq-2d_FLAIR', 'sub-2_acq-3d_FLAIR']], 'acq=highres')).toBe(
      '--filter acq=highres: must leave scans of either contrast, got none of 2 such as sub-1_acq-2d_FLAIR; there are acq=2d, acq=3d',
    );
  });
});

it('takes no property that every object has for an entity', () => {
  expect(parseFilter(['constructor=none'])).toEqual({ constructor: ['none'] });
  expect(entityValue(readName('sub-01_constructor-a_T1w.nii'), 'constructor')).toBe('none');
});
