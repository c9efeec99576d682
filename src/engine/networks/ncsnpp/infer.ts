/**
 * The configuration of a diffusive generator, read off the names and shapes of its weights.
 *
 * What weights cannot show: the image size (attention's deepest level is taken to be at 16 pixels, as in the paper), tanh,
 * centring, and FIR where there is no input pyramid. For these a record in the file decides, else the paper.
 */
import { WeightsMismatch } from '../../../errors';
import type { StateDict } from '../../formats/namedTensor';
import { checkState } from '../checkState';
import { type GeneratorConfig, PAPER_GENERATOR } from './config';
import { parsePartialConfig } from './parse';
import { ncsnppTable } from './table';

type Shape = readonly number[];
/** One entry of `all_modules`: its parameters' names after the index, and their shapes. */
type Module = ReadonlyMap<string, Shape>;

const ATTENTION_PIXELS = 16;

/**
 * @param state weights under the authors' names; values are not looked at
 * @param recorded what the file says of its configuration (metadata or the authors' arguments); wins over the paper's
 *        defaults, and must agree with the weights
 * @param out_channels of the last convolution, where they are not as many as go in
 * @throws WeightsMismatch where a parameter is missing, surplus or of another shape (the first one is named)
 */
export function inferConfig(
  state: StateDict,
  recorded: Readonly<Record<string, unknown>> = {},
  out_channels?: number,
): GeneratorConfig {
  const config = { ...guess(state), ...parsePartialConfig(recorded, 'weights: recorded configuration') };
  compare(state, { ...config, out_channels });
  return config;
}

/** Channels that come out, as the last module says; 0 where there is none. */
export const headChannels = (state: StateDict): number => side(listModules(state).at(-1), 'weight', 0);

function guess(state: StateDict): GeneratorConfig {
  const modules = listModules(state);
  const fourier = modules[0]?.has('W') ?? false;
  // Time embedding, two dense layers, the first convolution; then the way down.
  const first = fourier ? 3 : 2;
  const width = side(modules[first], 'weight', 0);
  const path = modules.slice(first + 1);
  const blocks = path.filter(isBlock);
  const firstDown = blocks.findIndex(isDown);
  // A network of one level never goes down: 2 * blocks + 3 in all.
  const perLevel = firstDown > 0 ? firstDown : (blocks.length - 3) / 2;
  const levels = Math.round(blocks.length / (2 * perLevel + 3));
  const { widths, attention } = walkDown(path, perLevel, levels);
  const { image_size, attn_resolutions } = imageSize(attention);
  const pyramid = path.find(isPyramid);
  const mapping = [...state.keys()].filter((name) => /^z_transform\.\d+\.weight$/.test(name));
  const latent = state.get('z_transform.1.weight')?.shape ?? [];
  return {
    ...PAPER_GENERATOR,
    image_size,
    num_channels: side(modules[first], 'weight', 1),
    num_channels_dae: width,
    ch_mult: widths.map((size) => size / width),
    num_res_blocks: perLevel,
    attn_resolutions,
    nz: latent[1],
    z_emb_dim: latent[0],
    n_mlp: mapping.length - 1,
    embedding_type: fourier ? 'fourier' : 'positional',
    fir: pyramid ? pyramid.has('Conv2d_0.weight') : PAPER_GENERATOR.fir,
    resblock_type: blocks[0]?.has('GroupNorm_1.style.weight') ? 'biggan' : 'biggan_oneadagn',
    // A bare group norm ends each level instead of the last one only.
    progressive:
      path.filter((module) => module.get('weight')?.length === 1).length > 1 ? 'output_skip' : 'none',
    progressive_input: pyramid ? 'residual' : 'none',
  };
}

/** Channels of each level, and the levels that have attention. */
function walkDown(
  path: readonly Module[],
  perLevel: number,
  levels: number,
): { widths: number[]; attention: number[] } {
  const widths: number[] = [];
  const attention = new Set<number>();
  let inLevel = 0;
  for (const module of path) {
    if (isBlock(module)) {
      // The block after a level's own is the step down, or the middle's first.
      if (inLevel === perLevel) {
        if (widths.length === levels) break;
        inLevel = 0;
        continue;
      }
      inLevel++;
      if (inLevel === perLevel) widths.push(side(module, 'Conv_0.weight', 0));
    } else if (module.has('NIN_0.W')) {
      attention.add(inLevel === perLevel ? widths.length - 1 : widths.length);
    }
  }
  return { widths, attention: [...attention] };
}

function imageSize(attention: readonly number[]): Pick<GeneratorConfig, 'image_size' | 'attn_resolutions'> {
  if (attention.length === 0) return { image_size: PAPER_GENERATOR.image_size, attn_resolutions: [] };
  const image_size = ATTENTION_PIXELS * 2 ** Math.max(...attention);
  return { image_size, attn_resolutions: attention.map((level) => image_size / 2 ** level) };
}

function listModules(state: StateDict): Module[] {
  const modules: Map<string, Shape>[] = [];
  for (const [name, { shape }] of state) {
    const match = /^all_modules\.(\d{1,4})\.(.+)$/.exec(name);
    if (!match) continue;
    const index = Number(match[1]);
    modules[index] ??= new Map();
    modules[index].set(match[2], shape);
  }
  // Array.from turns the gaps of a damaged list into modules without parameters, which the comparison then names.
  return Array.from(modules, (module) => module ?? new Map());
}

function isBlock(module: Module): boolean {
  return module.has('Dense_0.weight');
}

/** The way down changes size in blocks that keep the width and still have a convolution on the skip. */
function isDown(module: Module): boolean {
  return module.has('Conv_2.weight') && side(module, 'Conv_0.weight', 0) === side(module, 'Conv_0.weight', 1);
}

function isPyramid(module: Module): boolean {
  return module.has('Conv2d_0.weight') || (module.has('Conv_0.weight') && !isBlock(module));
}

function side(module: Module | undefined, name: string, axis: number): number {
  return module?.get(name)?.[axis] ?? 0;
}

function compare(state: StateDict, config: GeneratorConfig & { out_channels?: number }): void {
  const counts = [
    config.num_channels_dae,
    config.num_res_blocks,
    config.ch_mult.length,
    config.nz,
    ...config.ch_mult,
  ];
  // A network has more parameters than blocks: a recorded configuration cannot ask for an endless list.
  const blocks = config.num_res_blocks * config.ch_mult.length + config.n_mlp;
  if (!counts.every((n) => Number.isInteger(n) && n > 0) || blocks > state.size) {
    throw new WeightsMismatch(
      'weights: layers must follow the order of a diffusive generator, got another; parts of the file may be missing',
    );
  }
  checkState(ncsnppTable(config), state);
}
