/** The feature network's parameters; "theirs" are the names of tools/features/train.py. */
import type { ParameterTable } from '../table';
import { TableWriter } from '../tableWriter';
import { FEATURE_WIDTHS, FEATURES, type FeatureNetworkConfig } from './config';

export function featureNetworkTable({ contrasts }: FeatureNetworkConfig): ParameterTable {
  const t = new TableWriter('fanIn');
  // The norm after a convolution takes its bias away.
  FEATURE_WIDTHS.forEach((cout, n) => {
    t.conv([`convs.${n}`, `convs.${n}`], n === 0 ? 1 : FEATURE_WIDTHS[n - 1], cout, 3, { bias: false });
  });
  if (contrasts.length > 0) {
    t.dense(['contrast', 'contrast'], FEATURES, contrasts.length);
    t.dense(['height', 'height'], FEATURES, 1);
  }
  return t.rows;
}
