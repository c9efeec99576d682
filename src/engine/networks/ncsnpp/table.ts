/** The diffusive generator's parameters under the authors' names. */
import type { ParameterTable } from '../table';
import { type Place, TableWriter, within } from '../tableWriter';
import type { GeneratorConfig } from './config';

/** Of the last convolution of a residual block, the attention's output and the head. */
const ALMOST_ZERO = { start: 'fanAlmostZero' } as const;

type BlockConfig = Pick<GeneratorConfig, 'num_channels_dae' | 'z_emb_dim' | 'resblock_type'>;

/** Residual block; `resampled`: up or down, which needs a 1x1 skip even at equal widths. */
export function residualBlockTable(
  c: BlockConfig,
  cin: number,
  cout: number,
  resampled = false,
  place?: Place,
) {
  const t = new TableWriter('fan');
  const at = (ours: string, theirs: string): Place => (place ? within(place, ours, theirs) : [ours, theirs]);
  t.style(at('norm0.style', 'GroupNorm_0.style'), c.z_emb_dim, cin);
  t.conv(at('conv0', 'Conv_0'), cin, cout, 3);
  t.dense(at('time', 'Dense_0'), 4 * c.num_channels_dae, cout);
  if (c.resblock_type === 'biggan_oneadagn') t.affine(at('norm1', 'GroupNorm_1'), cout);
  else t.style(at('norm1.style', 'GroupNorm_1.style'), c.z_emb_dim, cout);
  t.conv(at('conv1', 'Conv_1'), cout, cout, 3, ALMOST_ZERO);
  if (cin !== cout || resampled) t.conv(at('skip', 'Conv_2'), cin, cout, 1);
  return t.rows;
}

export function attentionTable(channels: number, place?: Place): ParameterTable {
  const t = new TableWriter('fan');
  const at = (ours: string, theirs: string): Place => (place ? within(place, ours, theirs) : [ours, theirs]);
  t.affine(at('norm', 'GroupNorm_0'), channels);
  t.nin(at('query', 'NIN_0'), channels);
  t.nin(at('key', 'NIN_1'), channels);
  t.nin(at('value', 'NIN_2'), channels);
  t.nin(at('out', 'NIN_3'), channels, ALMOST_ZERO.start);
  return t.rows;
}

/**
 * The whole network. `out_channels`: of what it gives, where that is not as many as it takes. The authors number all modules in the order of
 * use: all_modules.0, .1, ...
 */
export function ncsnppTable(c: GeneratorConfig & { readonly out_channels?: number }): ParameterTable {
  const out = c.out_channels ?? c.num_channels;
  const t = new TableWriter('fan');
  const nf = c.num_channels_dae;
  let moduleIndex = 0;
  const next = (path: string): Place => [path, `all_modules.${moduleIndex++}`];
  const block = (path: string, cin: number, cout: number, resampled = false) =>
    t.rows.push(...residualBlockTable(c, cin, cout, resampled, next(path)));
  const attention = (path: string, channels: number) => t.rows.push(...attentionTable(channels, next(path)));

  if (c.embedding_type === 'fourier') {
    const [path, name] = next('fourier');
    t.rows.push({ path, name: `${name}.W`, kind: 'asIs', shape: [nf], start: 'zero' });
  }
  t.dense(next('time.0'), c.embedding_type === 'fourier' ? 2 * nf : nf, 4 * nf);
  t.dense(next('time.1'), 4 * nf, 4 * nf);
  t.conv(next('input'), c.num_channels, nf, 3);

  const levels = c.ch_mult.length;
  const hasAttention = (level: number) => c.attn_resolutions.includes(c.image_size / 2 ** level);
  const kept = [nf];
  let channels = nf;
  let pyramidChannels = c.num_channels;
  for (let level = 0; level < levels; level++) {
    const width = nf * c.ch_mult[level];
    for (let b = 0; b < c.num_res_blocks; b++) {
      block(`down.${level}.blocks.${b}.residual`, channels, width);
      if (hasAttention(level)) attention(`down.${level}.blocks.${b}.attention`, width);
      channels = width;
      kept.push(channels);
    }
    if (level === levels - 1) break;
    block(`down.${level}.resample`, channels, channels, true);
    if (c.progressive_input === 'residual') {
      const place = next(`down.${level}.pyramid`);
      t.conv([place[0], `${place[1]}.${c.fir ? 'Conv2d_0' : 'Conv_0'}`], pyramidChannels, channels, 3);
      pyramidChannels = channels;
    }
    kept.push(channels);
  }

  block('middle.before', channels, channels);
  attention('middle.attention', channels);
  block('middle.after', channels, channels);

  for (let level = levels - 1; level >= 0; level--) {
    const width = nf * c.ch_mult[level];
    for (let b = 0; b <= c.num_res_blocks; b++) {
      block(`up.${level}.blocks.${b}`, channels + kept.pop()!, width);
      channels = width;
    }
    if (hasAttention(level)) attention(`up.${level}.attention`, channels);
    if (c.progressive === 'output_skip') {
      t.affine(next(`up.${level}.output.norm`), channels);
      t.conv(next(`up.${level}.output.conv`), channels, out, 3, ALMOST_ZERO);
    }
    if (level > 0) block(`up.${level}.resample`, channels, channels, true);
  }
  if (c.progressive === 'none') {
    t.affine(next('head.norm'), channels);
    t.conv(next('head.conv'), channels, out, 3, ALMOST_ZERO);
  }

  t.dense(['style.0', 'z_transform.1'], c.nz, c.z_emb_dim);
  for (let i = 1; i <= c.n_mlp; i++)
    t.dense([`style.${i}`, `z_transform.${2 * i + 1}`], c.z_emb_dim, c.z_emb_dim);
  return t.rows;
}
