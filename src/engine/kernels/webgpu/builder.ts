/** Writes a network down as a graph, one layer after the other. Images are [b, h, w, c], c filled up to vectors of four. */
import type * as tf from '../../tf';
import { convolutionLayer, type Layer, movedLayer } from '../layer';
import { attention } from './attention';
import { type VectorsSpec, vectorQuads, vectors } from './conditioning';
import {
  type Activation,
  convolution,
  type KernelSide,
  type Part,
  type Size,
  type Tile,
} from './convolution';
import { firstChannels, joinImages } from './ends';
import { type ExactForm, stepOf } from './exactForm';
import type { Block, Dispatch, Graph, Operand, Tiling, Values } from './graph';
import { groupNorm } from './groupNorm';
import { normed } from './normed';
import { type Resampling, resample, resampledSize } from './resample';
import { candidateTiles, chooseTile } from './tiles';
import { bytesOfVector, ceilDiv, type Kernel, quads, type Storage, type WeightStorage } from './wgsl';

export interface Image {
  buffer: number;
  height: number;
  width: number;
  channels: number;
  /** What a norm wants to know, where the convolution that made the image has taken it. */
  statistics?: { buffer: number; tile: Tile; phases: 1 | 4 };
}

/** Vectors of channels that depend on z, on t, or on nothing: where they lie is known when all are. */
export interface Column {
  kind: 'style' | 'time' | 'constant';
  start: number;
}

/** A product with the style or the time, and numbers that are added: their first channel, of tensors. */
interface ColumnSource extends Column {
  product: { weight: tf.Tensor; first: number } | null;
  added: readonly { tensor: tf.Tensor; first: number }[];
  /** Channels of each image that is read as one with the others. */
  layout: readonly number[];
}

export interface Norm {
  buffer: number;
  layout: readonly number[];
}

export interface ConvolutionPart {
  image: Image;
  kernel?: KernelSide;
  stride?: 1 | 2;
  pad?: Part['pad'];
  reflect?: boolean;
  norm?: Norm;
  /** Which of the norm's images this is. */
  normPart?: number;
  activate?: Activation;
  /** [k, k, in, out] or [in, out], side by side over the output; the image's channels begin at `from` of `in`. */
  weights: readonly tf.Tensor[];
  from?: number;
}

/** @param shape the same for all convolutions that compute alike */
export type TileChoice = (out: Size, batch: number, shape: string) => Tile;

export interface BuilderOptions {
  batch: number;
  /** Of images, and of the weights of convolutions and products. */
  storage: Storage;
  weights: Storage;
  /** Weights that a smaller form holds without loss are kept in that. */
  exact?: (tensor: tf.Tensor) => ExactForm;
  /** Which tile a convolution takes. */
  tile?: TileChoice;
  /** The device has subgroups, and they are used. */
  subgroups?: boolean;
}

/** A binding begins at a multiple of 256 bytes. */
const COLUMN_QUADS = 16;
const alignedQuads = (layout: readonly number[]) => COLUMN_QUADS * Math.ceil(quadsOf(layout) / COLUMN_QUADS);

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const quadsOf = (layout: readonly number[]) => sum(layout.map(quads));

export class GraphBuilder {
  private readonly buffers: number[] = [];
  private readonly blocks: Block[] = [];
  private readonly columns: ColumnSource[] = [];
  /** Kernels are written when all columns are known. */
  private readonly dispatches: {
    label: string;
    layer: Layer;
    kernel: () => Kernel;
    reads: readonly (Operand | number | Column)[];
    writes: readonly number[];
    tiling?: Tiling;
  }[] = [];
  private readonly vectors: number;
  private readonly biases: Block;
  private images: number[] = [];
  private hidden: number | null = null;
  /** Where no vector listens to z or t: the constants, which need no dispatch then. */
  private readonly constants: { block: number };

  constructor(private readonly options: BuilderOptions) {
    // Its size is known at the end.
    this.vectors = this.buffer(0);
    const fill = (values: Values) => biasesOf(this.columns, this.placed, values);
    this.biases = { length: 0, storage: 'f32', fill };
    this.constants = { block: this.blocks.push(this.biases) - 1 };
  }

  private buffer(bytes: number): number {
    return this.buffers.push(bytes) - 1;
  }

  private block(block: Block): Operand {
    return { block: this.blocks.push(block) - 1 };
  }

  private add(
    label: string,
    layer: Layer,
    kernel: () => Kernel,
    reads: readonly (Operand | number | Column)[],
    writes: readonly number[],
    tiling?: Tiling,
  ) {
    this.dispatches.push({ label, layer, kernel, reads, writes, tiling });
  }

  private resolved(operand: Operand | number | Column): Operand {
    if (typeof operand === 'number') return { buffer: operand };
    if (!('kind' in operand)) return operand;
    const place = this.hidden === null ? this.constants : { buffer: this.vectors };
    return { ...place, offset: 16 * this.placeOf(operand) };
  }

  private image(height: number, width: number, channels: number): Image {
    const { batch, storage } = this.options;
    const bytes = batch * height * width * quads(channels) * bytesOfVector(storage);
    return { buffer: this.buffer(bytes), height, width, channels };
  }

  private column(source: Omit<ColumnSource, 'start'>): Column {
    const before = this.columns.filter(({ kind }) => kind === source.kind);
    const column = { ...source, start: sum(before.map(({ layout }) => alignedQuads(layout))) };
    this.columns.push(column);
    return column;
  }

  private get counts(): Pick<VectorsSpec, 'styleQuads' | 'timeQuads' | 'constantQuads'> {
    const count = (kind: Column['kind']) =>
      sum(this.columns.filter((c) => c.kind === kind).map(({ layout }) => alignedQuads(layout)));
    return { styleQuads: count('style'), timeQuads: count('time'), constantQuads: count('constant') };
  }

  private placeOf({ kind, start }: Column): number {
    const { styleQuads, timeQuads } = this.counts;
    return start + (kind === 'style' ? 0 : kind === 'time' ? styleQuads : styleQuads + timeQuads);
  }

  /** Vectors of the network's z or t: a dense layer's outputs from `first` on, plus its bias and others. */
  conditioned(
    kind: 'style' | 'time',
    layer: { weight: tf.Tensor; bias: tf.Tensor },
    first: number,
    layout: readonly number[],
    others: readonly tf.Tensor[] = [],
  ): Column {
    const added = [{ tensor: layer.bias, first }, ...others.map((tensor) => ({ tensor, first: 0 }))];
    return this.column({ kind, product: { weight: layer.weight, first }, added, layout });
  }

  /** Sums of tensors that never change; of each its own run of channels where they lie side by side. */
  constant(tensors: readonly tf.Tensor[], layout: readonly number[], sideBySide = false): Column {
    const start = (i: number) => (sideBySide ? sum(layout.slice(0, i)) : 0);
    const added = tensors.map((tensor, i) => ({ tensor, first: -start(i) }));
    return this.column({ kind: 'constant', product: null, added, layout });
  }

  /** The images that the network is given, [b, h, w, c] each, as one. */
  input(channels: readonly number[], height: number, width: number, scale: number, shift: number): Image {
    const { batch, storage } = this.options;
    const pixels = batch * height * width;
    this.images = channels.map((count) => this.buffer(4 * pixels * count));
    const out = this.image(height, width, sum(channels));
    this.add(
      'input',
      movedLayer('input', out, out.channels),
      () => joinImages(channels, pixels, storage, { scale, shift }),
      this.images,
      [out.buffer],
    );
    return out;
  }

  /** What style and time of these lengths, made by `mapping.ts`, say to all layers; called before any that listens. */
  conditions(style: number, time: number): void {
    const { batch, weights } = this.options;
    const lengths = { style, time };
    this.hidden = this.buffer(4 * batch * (style + time));
    // What they are is known at the end.
    const matrices: Block = {
      length: 0,
      storage: weights,
      fill: (values: Values) => this.matrices(lengths, matrices.storage, values),
    };
    this.add(
      'vectors',
      movedLayer('style and time', { height: 1, width: 1 }, style + time),
      () => vectors({ batch, ...lengths, ...this.counts, weights: matrices.storage }),
      [this.hidden, this.block(matrices), this.constants],
      [this.vectors],
    );
    this.finish = () => {
      const { styleQuads, timeQuads } = this.counts;
      const all = vectorQuads(this.counts);
      this.buffers[this.vectors] = 16 * batch * all;
      matrices.length = 4 * (style * styleQuads + time * timeQuads);
      matrices.storage = this.storageOf(
        this.columns.flatMap(({ product }) => (product ? [product.weight] : [])),
      );
      if (matrices.storage === 'q8')
        matrices.scales = { length: 4 * (styleQuads + timeQuads), fill: () => this.productScales() };
    };
  }

  /** Of weights that go into one block. */
  private storageOf(tensors: readonly tf.Tensor[]): WeightStorage {
    const { weights, exact } = this.options;
    const [first, ...others] = new Set(tensors.map((tensor) => exact?.(tensor).storage ?? 'f32'));
    return first === undefined || first === 'f32' || others.length > 0 ? weights : first;
  }

  private scalesOf(tensor: tf.Tensor): Float32Array {
    const form = this.options.exact!(tensor);
    if (form.storage !== 'q8') throw new Error(`scales: are those of eight bits, got ${form.storage}`);
    return form.scales;
  }

  /** Of the products with style and time. */
  private productScales(): Float32Array {
    const { styleQuads, timeQuads } = this.counts;
    const out = new Float32Array(4 * (styleQuads + timeQuads));
    for (const column of this.columns) {
      if (!column.product) continue;
      const { weight, first } = column.product;
      const [scales, begin] = [this.scalesOf(weight), 4 * this.placeOf(column)];
      eachChannel(column.layout, (channel, place) => {
        out[begin + place] = scales[first + channel];
      });
    }
    return out;
  }

  /** What a block of q8 holds of a tensor; of others its values. */
  private numbersOf(storage: WeightStorage, values: Values): Values {
    if (storage !== 'q8') return values;
    return (tensor) => {
      const scales = this.scalesOf(tensor);
      return values(tensor).map((value, i) => stepOf(value, scales[i % scales.length]));
    };
  }

  private finish = () => {};
  private readonly placed = (column: Column) => this.placeOf(column);

  private matrices(
    lengths: { style: number; time: number },
    storage: WeightStorage,
    floats: Values,
  ): Float32Array {
    const { styleQuads, timeQuads } = this.counts;
    const values = this.numbersOf(storage, floats);
    const parts = (['style', 'time'] as const).map((kind) => {
      const width = 4 * (kind === 'style' ? styleQuads : timeQuads);
      const out = new Float32Array(lengths[kind] * width);
      for (const { product, layout, start } of this.columns.filter((c) => c.kind === kind)) {
        const data = values(product!.weight);
        const length = product!.weight.shape[1]!;
        eachChannel(layout, (channel, place) => {
          for (let k = 0; k < lengths[kind]; k++)
            out[k * width + 4 * start + place] = data[k * length + product!.first + channel];
        });
      }
      return out;
    });
    return joined(parts);
  }

  /** From one batch entry's vectors to the next's. */
  private get vectorStride(): number {
    return this.hidden === null ? 0 : vectorQuads(this.counts);
  }

  /** a and b of a group norm over images read as one; gamma and beta are of one kind, or 1 and 0. */
  norm(images: readonly Image[], groups: number, epsilon: number, gamma?: Column, beta?: Column): Norm {
    const { batch, subgroups } = this.options;
    const layout = images.map(({ channels }) => channels);
    const buffer = this.buffer(32 * batch * quadsOf(layout));
    const parts = images.map(({ height, width, channels, statistics }) => {
      if (!statistics) throw new Error('norm: must follow a convolution that measures, got another image');
      const { tile, phases } = statistics;
      const side = phases === 4 ? 2 : 1;
      return { height: height / side, width: width / side, channels, tile, phases };
    });
    this.add(
      'norm',
      movedLayer('norm', images[0], sum(layout)),
      () =>
        groupNorm({
          parts,
          groups,
          epsilon,
          batch,
          beta: gamma && beta ? this.placeOf(beta) - this.placeOf(gamma) : null,
          vectorQuads: this.vectorStride,
          subgroups,
        }),
      [...images.map(({ statistics }) => statistics!.buffer), ...(gamma ? [gamma] : [])],
      [buffer],
    );
    return { buffer, layout };
  }

  convolution(
    label: string,
    parts: readonly ConvolutionPart[],
    out: { height: number; width: number; channels: number },
    addend: Column,
    {
      residual,
      scale = 1,
      tanh = false,
      statistics = false,
      transposed = false,
    }: {
      residual?: Image;
      scale?: number;
      tanh?: boolean;
      statistics?: boolean;
      /** PyTorch's ConvTranspose2d(3, stride 2, padding 1, output_padding 1) of [3, 3, out, in]; `out` has twice the part's sides. */
      transposed?: boolean;
    } = {},
  ): Image {
    const { batch, storage } = this.options;
    const tensors = parts.flatMap((part) => part.weights);
    // A file's scales are those of what a transposed convolution takes in.
    const weights = transposed ? this.options.weights : this.storageOf(tensors);
    // Convolutions whose outputs lie side by side: each begins at a vector of its own.
    const widths = transposed
      ? PHASES.map(() => out.channels)
      : parts[0].weights.map((tensor) => tensor.shape.at(-1)!);
    const outQuads = quadsOf(widths);
    const side = transposed ? 2 : 1;
    const size = {
      ...{ height: out.height / side, width: out.width / side, quads: outQuads },
      stride: Math.max(...parts.map(({ stride = 1 }) => stride)),
    };
    const specs = parts.map((part): Part => {
      const { image, stride = 1, norm, reflect = false } = part;
      const kernel = transposed ? 2 : (part.kernel ?? 3);
      const { height, width, channels } = image;
      const normAt = norm ? quadsOf(norm.layout.slice(0, part.normPart ?? 0)) : null;
      const pad = part.pad ?? (kernel === 3 ? 1 : 0);
      return {
        height,
        width,
        quads: quads(channels),
        kernel,
        stride,
        pad,
        reflect,
        norm: normAt,
        activate: part.activate ?? false,
      };
    });
    const shape = shapeText(specs, size, { batch, storage, weights }, statistics);
    const tile = (this.options.tile ?? chooseTile)(size, batch, shape);
    const rows = sum(specs.map((part) => part.quads * part.kernel ** 2 * 4));
    const block = this.block({
      length: rows * 4 * outQuads,
      storage: weights,
      fill: (values) =>
        transposed
          ? transposedWeights(parts[0], out.channels, values)
          : convolutionWeights(parts, widths, rows, this.numbersOf(weights, values)),
      scales:
        weights === 'q8'
          ? {
              length: 4 * outQuads * parts.length,
              fill: () => joined(parts.map((part) => this.outputScales(part, widths))),
            }
          : undefined,
    });
    const made = this.image(out.height, out.width, out.channels);
    const statisticsBytes = ({ width, height }: Tile) =>
      32 * batch * ceilDiv(size.width, width) * ceilDiv(size.height, height) * outQuads;
    if (statistics) {
      made.statistics = { buffer: this.buffer(statisticsBytes(tile)), tile, phases: transposed ? 4 : 1 };
    }
    const norm = parts.find((part) => part.norm)?.norm;
    const kernel = (by: Tile) =>
      convolution({
        parts: specs,
        out: size,
        batch,
        normQuads: norm ? quadsOf(norm.layout) : 0,
        vectorQuads: this.vectorStride,
        residual: residual !== undefined,
        scale,
        tanh,
        statistics,
        shuffle: transposed,
        storage,
        weights,
        tile: by,
      });
    const imageBytes = this.buffers[made.buffer];
    this.add(
      label,
      transposed ? transposedLayer(parts[0], out) : layerOf(parts, out, sum(widths)),
      () => kernel(tile),
      [
        ...parts.map(({ image }) => image.buffer),
        block,
        addend,
        ...(norm ? [norm.buffer] : []),
        ...(residual ? [residual.buffer] : []),
      ],
      [made.buffer, ...(made.statistics ? [made.statistics.buffer] : [])],
      {
        shape,
        out: size,
        tile,
        tiles: candidateTiles(size),
        by: (other) => ({
          kernel: kernel(other),
          bytes: [imageBytes, ...(statistics ? [statisticsBytes(other)] : [])],
        }),
      },
    );
    return made;
  }

  /** Of each tensor's outputs from a vector on. */
  private outputScales(part: ConvolutionPart, widths: readonly number[]): Float32Array {
    return joined(
      part.weights.map((tensor, i) => {
        const out = new Float32Array(4 * quads(widths[i]));
        out.set(this.scalesOf(tensor));
        return out;
      }),
    );
  }

  /** [residual +] activation(a x + b) as an image of its own. */
  normed(image: Image, norm: Norm, activate: Activation, residual?: Image): Image {
    const { batch, storage } = this.options;
    const { height, width, channels } = image;
    const out = this.image(height, width, channels);
    this.add(
      'normed',
      movedLayer('norm', out, channels),
      () =>
        normed({
          batch,
          pixels: height * width,
          quads: quads(channels),
          activate,
          residual: residual !== undefined,
          storage,
        }),
      [image.buffer, norm.buffer, ...(residual ? [residual.buffer] : [])],
      [out.buffer],
    );
    return out;
  }

  /** An image by another number of pixels; with a norm also silu(a x + b) so. */
  resample(kind: Resampling, fir: boolean, image: Image): { raw: Image };
  resample(kind: Resampling, fir: boolean, image: Image, norm: Norm): { raw: Image; activated: Image };
  resample(kind: Resampling, fir: boolean, image: Image, norm?: Norm): { raw: Image; activated?: Image } {
    const { batch, storage } = this.options;
    const { height, width, channels } = image;
    const size = resampledSize(kind, height, width);
    const raw = this.image(size.height, size.width, channels);
    const activated = norm && this.image(size.height, size.width, channels);
    const spec = {
      kind,
      fir,
      height,
      width,
      quads: quads(channels),
      batch,
      raw: true,
      activated: !!norm,
      storage,
    };
    this.add(
      kind,
      movedLayer(`${fir ? 'FIR ' : ''}${kind}`, raw, channels),
      () => resample(spec),
      [image.buffer, ...(norm ? [norm.buffer] : [])],
      [raw.buffer, ...(activated ? [activated.buffer] : [])],
    );
    return { raw, activated };
  }

  /** softmax(q k / sqrt C) v of an image of queries, keys and values side by side. */
  attention(qkv: Image, channels: number): Image {
    const { batch, storage } = this.options;
    const { height, width } = qkv;
    const out = this.image(height, width, channels);
    const spec = { positions: height * width, channels, quads: quads(channels), batch, storage };
    const layer = { ...movedLayer('attention', out, channels), macs: 2 * spec.positions ** 2 * channels };
    this.add('attention', layer, () => attention(spec), [qkv.buffer], [out.buffer]);
    return out;
  }

  /** Ends the graph: the image's first channels come out. */
  output(image: Image, channels: number): Graph {
    const { batch, storage } = this.options;
    const pixels = batch * image.height * image.width;
    const output = this.buffer(4 * pixels * channels);
    this.add(
      'output',
      movedLayer('output', image, channels),
      () => firstChannels(channels, quads(image.channels), pixels, storage),
      [image.buffer],
      [output],
    );
    this.finish();
    this.biases.length = 4 * vectorQuads(this.counts);
    return {
      buffers: this.buffers,
      blocks: this.blocks,
      dispatches: this.dispatches.map(
        ({ label, layer, kernel, reads, writes, tiling }): Dispatch => ({
          label,
          layer,
          kernel: kernel(),
          reads: reads.map((operand) => this.resolved(operand)),
          writes,
          tiling,
        }),
      ),
      inputs: { images: this.images, hidden: this.hidden },
      output,
    };
  }
}

/** "3x3 and 1x1" where the 1x1 skip is more rows of the same sum. */
function layerOf(
  parts: readonly ConvolutionPart[],
  out: { height: number; width: number },
  cout: number,
): Layer {
  const kinds = parts.map(({ kernel = 3, stride = 1 }) => {
    const size = `${kernel}x${kernel}`;
    return stride === 1 ? size : `${size} of stride ${stride}`;
  });
  const cin = (kernel: number) =>
    sum(parts.filter((part) => (part.kernel ?? 3) === kernel).map(({ image }) => image.channels));
  const [own, skip] = [cin(parts[0].kernel ?? 3), parts[0].kernel === 1 ? 0 : cin(1)];
  const taps = (parts[0].kernel ?? 3) ** 2;
  const layer = convolutionLayer([...new Set(kinds)].join(' and '), out, own, cout, taps);
  return { ...layer, macs: layer.macs + out.height * out.width * skip * cout };
}

/** Of the nine places of its kernel each pixel that goes in meets all, one that comes out a quarter. */
function transposedLayer(
  { image }: ConvolutionPart,
  out: { height: number; width: number; channels: number },
): Layer {
  return convolutionLayer('transposed 3x3', out, image.channels, out.channels, 9 / 4);
}

/** "2x 64x64x16: 3x3 of 8 normed + 1x1 of 8, f16 by f16, measured". */
function shapeText(
  parts: readonly Part[],
  { height, width, quads }: Size,
  { batch, storage, weights }: { batch: number; storage: Storage; weights: WeightStorage },
  measured: boolean,
): string {
  const texts = parts.map((part) => {
    const stride = part.stride === 1 ? '' : `/${part.stride}`;
    const edge = part.reflect ? ' mirrored' : '';
    return `${part.kernel}x${part.kernel}${stride} of ${part.quads}${part.norm === null ? '' : ' normed'}${edge}`;
  });
  const end = measured ? ', measured' : '';
  return `${batch}x ${height}x${width}x${quads}: ${texts.join(' + ')}, ${storage} by ${weights}${end}`;
}

/** Calls with every channel and its place among vectors that begin anew with every image. */
function eachChannel(layout: readonly number[], use: (channel: number, place: number) => void): void {
  let channel = 0;
  let place = 0;
  for (const count of layout) {
    for (let c = 0; c < count; c++) use(channel++, place + c);
    place += 4 * quads(count);
  }
}

function biasesOf(columns: readonly ColumnSource[], placeOf: (column: Column) => number, values: Values) {
  const out = new Float32Array(4 * sum(columns.map(({ layout }) => alignedQuads(layout))));
  for (const column of columns)
    for (const { tensor, first } of column.added) {
      const data = values(tensor);
      const begin = 4 * placeOf(column);
      eachChannel(column.layout, (channel, place) => {
        out[begin + place] += data[first + channel] ?? 0;
      });
    }
  return out;
}

/** Rows: part, vector of channels, place of the kernel, channel; columns: outputs, each tensor's from a vector on. */
function convolutionWeights(
  parts: readonly ConvolutionPart[],
  widths: readonly number[],
  rows: number,
  values: Values,
): Float32Array {
  const columns = 4 * quadsOf(widths);
  const out = new Float32Array(rows * columns);
  let row = 0;
  for (const { image, kernel = 3, weights, from = 0 } of parts) {
    const sources = weights.map((tensor) => ({ data: values(tensor), length: tensor.shape.at(-2)! }));
    for (let quad = 0; quad < quads(image.channels); quad++)
      for (let tap = 0; tap < kernel * kernel; tap++)
        for (let lane = 0; lane < 4; lane++, row++) {
          const channel = 4 * quad + lane;
          if (channel >= image.channels) continue;
          let column = row * columns;
          sources.forEach(({ data, length }, i) => {
            const begin = (tap * length + from + channel) * widths[i];
            out.set(data.subarray(begin, begin + widths[i]), column);
            column += 4 * quads(widths[i]);
          });
        }
  }
  return out;
}

/** Row and column of the pixels that a transposed convolution of stride 2 makes of each. */
const PHASES = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** Of a phase, the row of the kernel that meets the pixel itself and the next one; null: none does. */
const MET = [
  [1, null],
  [2, 0],
] as const;

/** Rows: vector of channels, place among 2x2 pixels, channel; columns: phases, then outputs, filled up. */
function transposedWeights(
  { image, weights: [tensor] }: ConvolutionPart,
  channels: number,
  values: Values,
): Float32Array {
  const data = values(tensor);
  const from = tensor.shape.at(-1)!;
  const own = 4 * quads(channels);
  const out = new Float32Array(16 * quads(image.channels) * 4 * own);
  PHASES.forEach(([y, x], phase) => {
    for (const [place, [down, across]] of PHASES.entries()) {
      const [ky, kx] = [MET[y][down], MET[x][across]];
      if (ky === null || kx === null) continue;
      for (let channel = 0; channel < image.channels; channel++) {
        const row = Math.floor(channel / 4) * 16 + place * 4 + (channel % 4);
        for (let o = 0; o < channels; o++)
          out[row * 4 * own + phase * own + o] = data[((ky * 3 + kx) * channels + o) * from + channel];
      }
    }
  });
  return out;
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(sum(arrays.map(({ length }) => length)));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}
