/**
 * The authors' parameter names and shapes for every network, row by row beside our own paths, in their state_dict order.
 * This is the only place that knows their names; networks/parameters.ts reads the tables in both directions.
 */
import type { GeneratorConfig } from '../networks/config';
import type { ParameterTable } from '../networks/parameters';

/** [our path, authors' name] prefixes of one module. */
type Place = [path: string, name: string];

const within = ([path, name]: Place, ourPart: string, theirPart: string): Place => [
  `${path}.${ourPart}`,
  theirPart ? `${name}.${theirPart}` : name,
];

class TableWriter {
  readonly rows: ParameterTable = [];

  dense([path, name]: Place, cin: number, cout: number): void {
    this.rows.push({ path: `${path}.weight`, name: `${name}.weight`, kind: 'dense', shape: [cout, cin] });
    this.vector(path, name, cout);
  }

  conv([path, name]: Place, cin: number, cout: number, kernel: number, bias = true): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'conv',
      shape: [cout, cin, kernel, kernel],
    });
    if (bias) this.vector(path, name, cout);
  }

  convTranspose([path, name]: Place, cin: number, cout: number, kernel: number): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'convTranspose',
      shape: [cin, cout, kernel, kernel],
    });
    this.vector(path, name, cout);
  }

  /** Group norm's scale and shift. */
  affine([path, name]: Place, channels: number): void {
    this.rows.push({ path: `${path}.weight`, name: `${name}.weight`, kind: 'asIs', shape: [channels] });
    this.vector(path, name, channels);
  }

  /** The attention's 1x1 convolution, stored as [in, out]. */
  nin([path, name]: Place, channels: number): void {
    this.rows.push({ path: `${path}.weight`, name: `${name}.W`, kind: 'asIs', shape: [channels, channels] });
    this.rows.push({ path: `${path}.bias`, name: `${name}.b`, kind: 'asIs', shape: [channels] });
  }

  private vector(path: string, name: string, length: number): void {
    this.rows.push({ path: `${path}.bias`, name: `${name}.bias`, kind: 'asIs', shape: [length] });
  }
}

type BlockConfig = Pick<GeneratorConfig, 'num_channels_dae' | 'z_emb_dim' | 'resblock_type'>;

/** Residual block; `resampled`: up or down, which needs a 1x1 skip even at equal widths. */
export function residualBlockTable(
  c: BlockConfig,
  cin: number,
  cout: number,
  resampled = false,
  place?: Place,
) {
  const t = new TableWriter();
  const at = (ours: string, theirs: string): Place => (place ? within(place, ours, theirs) : [ours, theirs]);
  t.dense(at('norm0.style', 'GroupNorm_0.style'), c.z_emb_dim, 2 * cin);
  t.conv(at('conv0', 'Conv_0'), cin, cout, 3);
  t.dense(at('time', 'Dense_0'), 4 * c.num_channels_dae, cout);
  if (c.resblock_type === 'biggan_oneadagn') t.affine(at('norm1', 'GroupNorm_1'), cout);
  else t.dense(at('norm1.style', 'GroupNorm_1.style'), c.z_emb_dim, 2 * cout);
  t.conv(at('conv1', 'Conv_1'), cout, cout, 3);
  if (cin !== cout || resampled) t.conv(at('skip', 'Conv_2'), cin, cout, 1);
  return t.rows;
}

export function attentionTable(channels: number, place?: Place): ParameterTable {
  const t = new TableWriter();
  const at = (ours: string, theirs: string): Place => (place ? within(place, ours, theirs) : [ours, theirs]);
  t.affine(at('norm', 'GroupNorm_0'), channels);
  t.nin(at('query', 'NIN_0'), channels);
  t.nin(at('key', 'NIN_1'), channels);
  t.nin(at('value', 'NIN_2'), channels);
  t.nin(at('out', 'NIN_3'), channels);
  return t.rows;
}

/** The diffusive generator (networks/ncsnpp.ts). The authors number all modules in the order of use: all_modules.0, .1, ... */
export function ncsnppTable(c: GeneratorConfig): ParameterTable {
  const t = new TableWriter();
  const nf = c.num_channels_dae;
  let moduleIndex = 0;
  const next = (path: string): Place => [path, `all_modules.${moduleIndex++}`];
  const block = (path: string, cin: number, cout: number, resampled = false) =>
    t.rows.push(...residualBlockTable(c, cin, cout, resampled, next(path)));
  const attention = (path: string, channels: number) => t.rows.push(...attentionTable(channels, next(path)));

  if (c.embedding_type === 'fourier') {
    const [path, name] = next('fourier');
    t.rows.push({ path, name: `${name}.W`, kind: 'asIs', shape: [nf] });
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
      t.conv(next(`up.${level}.output.conv`), channels, c.num_channels, 3);
    }
    if (level > 0) block(`up.${level}.resample`, channels, channels, true);
  }
  if (c.progressive === 'none') {
    t.affine(next('head.norm'), channels);
    t.conv(next('head.conv'), channels, c.num_channels, 3);
  }

  t.dense(['style.0', 'z_transform.1'], c.nz, c.z_emb_dim);
  for (let i = 1; i <= c.n_mlp; i++)
    t.dense([`style.${i}`, `z_transform.${2 * i + 1}`], c.z_emb_dim, c.z_emb_dim);
  return t.rows;
}

/** The non-diffusive generator (networks/resnetGenerator.ts). */
export function resnetGeneratorTable({ ngf, n_blocks }: { ngf: number; n_blocks: number }): ParameterTable {
  const t = new TableWriter();
  // model.0 is the reflect padding; norm and activation follow each convolution, so most are three apart.
  t.conv(['input', 'model.1'], 1, ngf, 7);
  t.conv(['down.0', 'model.4'], ngf, 2 * ngf, 3);
  t.conv(['down.1', 'model.7'], 2 * ngf, 4 * ngf, 3);
  for (let b = 0; b < n_blocks; b++) {
    t.conv([`blocks.${b}.conv0`, `model.${10 + b}.conv_block.1`], 4 * ngf, 4 * ngf, 3);
    t.conv([`blocks.${b}.conv1`, `model.${10 + b}.conv_block.5`], 4 * ngf, 4 * ngf, 3);
  }
  const up = 10 + n_blocks;
  t.convTranspose(['up.0', `model.${up}`], 4 * ngf, 2 * ngf, 3);
  t.convTranspose(['up.1', `model.${up + 3}`], 2 * ngf, ngf, 3);
  t.conv(['output', `model.${up + 7}`], ngf, 1, 7);
  return t.rows;
}

export interface DiffusiveDiscriminatorConfig {
  ngf: number;
  t_emb_dim: number;
  size: 'large' | 'small';
}

/** Widths in and out of the blocks, in units of ngf. */
const DISCRIMINATOR_WIDTHS: Record<'large' | 'small', [number, number][]> = {
  large: [
    [2, 4],
    [4, 8],
    [8, 8],
    [8, 8],
    [8, 8],
    [8, 8],
  ],
  small: [
    [2, 2],
    [2, 4],
    [4, 8],
    [8, 8],
  ],
};

/** The diffusive discriminator (networks/discriminators.ts). */
export function diffusiveDiscriminatorTable({
  ngf,
  t_emb_dim,
  size,
}: DiffusiveDiscriminatorConfig): ParameterTable {
  const t = new TableWriter();
  t.dense(['time.0', 't_embed.main.0'], t_emb_dim, t_emb_dim);
  t.dense(['time.1', 't_embed.main.2'], t_emb_dim, t_emb_dim);
  t.conv(['start', 'start_conv'], 2, 2 * ngf, 1);
  DISCRIMINATOR_WIDTHS[size].forEach(([win, wout], b) => {
    const theirs = `conv${b + 1}`;
    t.conv([`blocks.${b}.conv0`, `${theirs}.conv1.0`], win * ngf, wout * ngf, 3);
    t.conv([`blocks.${b}.conv1`, `${theirs}.conv2.0`], wout * ngf, wout * ngf, 3);
    t.dense([`blocks.${b}.time`, `${theirs}.dense_t1`], t_emb_dim, wout * ngf);
    t.conv([`blocks.${b}.skip`, `${theirs}.skip.0`], win * ngf, wout * ngf, 1, false);
  });
  t.conv(['final', 'final_conv'], 8 * ngf + 1, 8 * ngf, 3);
  t.dense(['end', 'end_linear'], 8 * ngf, 1);
  return t.rows;
}

/** The non-diffusive discriminator, a PatchGAN (networks/discriminators.ts). */
export function patchDiscriminatorTable({
  ndf,
  n_layers,
}: {
  ndf: number;
  n_layers: number;
}): ParameterTable {
  const t = new TableWriter();
  const width = (i: number) => ndf * Math.min(2 ** i, 8);
  t.conv(['convs.0', 'model.0'], 1, ndf, 4);
  let index = 2;
  for (let i = 1; i <= n_layers; i++, index += 3)
    t.conv([`convs.${i}`, `model.${index}`], width(i - 1), width(i), 4);
  t.conv([`convs.${n_layers + 1}`, `model.${index}`], width(n_layers), 1, 4);
  return t.rows;
}
