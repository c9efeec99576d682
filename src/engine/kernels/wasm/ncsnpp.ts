/**
 * NCSN++ (networks/ncsnpp/run.ts) as one program of kernels for one image size: weights packed once, places of all buffers settled
 * before, norm, scale, shift and SiLU in one pass that also puts the image into the border that its convolution wants, two inputs side
 * by side in it, bias, time, residual and 1/sqrt 2 as the convolutions' last step, the 1x1 convolution of a skip on the small side of
 * its resampling. Of the output the first channel alone is made.
 */

import { type Attention, groupsFor, timestepNumbers } from '../../networks/layers';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import type { NcsnppWeights, ResidualBlock } from '../../networks/ncsnpp/run';
import type { Affine, Conv, Dense } from '../../networks/parameters';
import type * as tf from '../../tf';
import { convolutionLayer, type Layer, movedLayer } from '../layer';
import type { Kernels } from './kernels';
import { RUN } from './parts';
import { type Buffer, Packed, Plan } from './plan';
import { roundUp } from './rooms';
import { repays, winogradSize } from './winograd';

/** Pixels (x, source, 0, 0). */
const INPUT_CHANNELS = 4;

/** What the program computes; other networks run on plain operations. */
export function isCovered(config: GeneratorConfig, height: number, width: number): boolean {
  const { num_channels, num_channels_dae, ch_mult, progressive, fir, embedding_type } = config;
  const side = 2 ** (ch_mult.length - 1);
  return (
    num_channels <= 2 &&
    ch_mult.every((by) => (by * num_channels_dae) % 4 === 0) &&
    progressive === 'none' &&
    embedding_type === 'positional' &&
    fir &&
    height % side === 0 &&
    width % side === 0
  );
}

/** An image in the arena. */
interface Image {
  buffer: Buffer;
  height: number;
  width: number;
  channels: number;
}

/** An image with a border of zeros, one pixel at least, as a 3x3 convolution wants it. */
type Bordered = Image & { rows: number; columns: number };

type Resample = 'up' | 'down' | null;

/** From an affine or a style: where scale and shift of a norm come from. */
type Norm = Affine | { style: Dense };

export interface Inputs {
  /** Addresses of [h, w] each; source 0: none. */
  x: number;
  source: number;
  t: number;
  /** [nz] */
  z: Float32Array;
  /** Address of [h, w] */
  out: number;
}

export class NcsnppProgram {
  private readonly plan = new Plan();
  private readonly packed: Packed;
  private readonly arena: number;
  /** Of the images that come and go: the program always runs on the same places. */
  private readonly ends: { x: Buffer; source: Buffer; out: Buffer };
  /** Style, and silu(time), which begins as the time's numbers. */
  private readonly style: Buffer;
  private readonly time: Buffer;
  /** Where z begins to become the style. */
  private readonly latent: Buffer;
  /** Dense layers of style and time, of all blocks. */
  private readonly matvecs: ((arena: number) => void)[] = [];
  /** A row of zeros, for what lies outside of an image. */
  private readonly zeros: number;

  /** @throws RangeError where there is no memory for it */
  constructor(
    private readonly kernels: Kernels,
    private readonly config: GeneratorConfig,
    weights: NcsnppWeights,
    readonly height: number,
    readonly width: number,
  ) {
    this.packed = new Packed(kernels);
    try {
      const widest = Math.max(...config.ch_mult) * config.num_channels_dae;
      this.zeros = this.packed.take(width * Math.max(widest, INPUT_CHANNELS));
      const image = () => this.plan.take(height * width);
      this.ends = { x: image(), source: image(), out: image() };
      this.style = this.plan.take(Math.max(config.z_emb_dim, config.nz));
      this.time = this.plan.take(4 * config.num_channels_dae);
      this.latent = this.conditions(weights);
      this.network(weights);
      this.arena = kernels.allocate(this.plan.bytes);
    } catch (error) {
      this.packed.dispose();
      throw error;
    }
  }

  run(inputs: Inputs): void {
    this.begin(inputs);
    this.plan.run(this.kernels, this.arena);
    this.end(inputs);
  }

  /** As `run`, for benchmarks. */
  watched(inputs: Inputs, done: (layer: Layer) => void): void {
    this.begin(inputs);
    this.plan.watched(this.arena, done);
    this.end(inputs);
  }

  private begin({ x, source, t, z }: Inputs): void {
    const { ends, latent, time } = this;
    const { nz, num_channels_dae } = this.config;
    this.copy(x, this.arena + ends.x.offset);
    if (source) this.copy(source, this.arena + ends.source.offset);
    const inverse = 1 / Math.sqrt(z.reduce((sum, v) => sum + v * v, 0) / z.length + 1e-8);
    this.kernels.floats(this.arena + latent.offset, nz).set(z.map((v) => v * inverse));
    const times = timestepNumbers([t], num_channels_dae);
    this.kernels.floats(this.arena + time.offset, num_channels_dae).set(times);
  }

  private end({ out }: Inputs): void {
    this.copy(this.arena + this.ends.out.offset, out);
  }

  private copy(from: number, to: number): void {
    const pixels = this.height * this.width;
    this.kernels.floats(to, pixels).set(this.kernels.floats(from, pixels));
  }

  /** Of images and packed weights; the weights that it was given are not its own. */
  get bytes(): number {
    return this.plan.bytes + this.packed.bytes;
  }

  dispose(): void {
    this.plan.dispose();
    this.packed.dispose();
    this.kernels.free(this.arena);
  }

  /** The style of z, silu of the embedded time, and of both what the blocks take; gives where z has to be. */
  private conditions({ style, time }: NcsnppWeights): Buffer {
    const { plan, kernels } = this;
    const { nz, z_emb_dim, num_channels_dae } = this.config;
    const first = plan.take(Math.max(nz, z_emb_dim, 4 * num_channels_dae));
    // Layer after layer from one buffer into the other, so that the last one ends in `style`.
    const buffers = [0, ...style].map((_, layer) => ((style.length - layer) % 2 === 0 ? this.style : first));
    plan.add(movedLayer('style and time', { height: 1, width: 1 }, z_emb_dim), (arena) => {
      style.forEach((layer, i) => {
        const [from, to] = [buffers[i], buffers[i + 1]].map(({ offset }) => arena + offset);
        this.dense(layer, from, to);
        kernels.run.silu(to, z_emb_dim);
      });
      const [own, hidden] = [arena + this.time.offset, arena + first.offset];
      this.dense(time[0], own, hidden);
      kernels.run.silu(hidden, 4 * num_channels_dae);
      this.dense(time[1], hidden, own);
      kernels.run.silu(own, 4 * num_channels_dae);
      kernels.together(() => {
        for (const matvec of this.matvecs) matvec(arena);
      });
    });
    plan.give(first);
    return buffers[0];
  }

  private dense({ weight, bias }: Dense, x: number, out: number): void {
    const [k, n] = weight.shape;
    this.kernels.run.dense(x, this.kernels.addressOf(weight), this.kernels.addressOf(bias), k, n, out);
  }

  private network(weights: NcsnppWeights): void {
    const { plan } = this;
    const input = this.input();
    let pyramid = input;
    let h = this.firstConvolution(weights.input, input);
    const kept = [this.hold(h)];
    for (const level of weights.down) {
      for (const { residual, attention } of level.blocks) {
        h = this.replace(h, this.block(residual, [h], null));
        if (attention) h = this.replace(h, this.attention(attention, h));
        kept.push(this.hold(h));
      }
      if (!level.resample) break;
      h = this.replace(h, this.block(level.resample, [h], 'down'));
      if (level.pyramid) {
        const next = this.pyramid(level.pyramid, pyramid, h);
        plan.give(pyramid.buffer);
        plan.give(h.buffer);
        h = next;
        pyramid = this.hold(next);
      }
      kept.push(this.hold(h));
    }
    plan.give(pyramid.buffer);

    h = this.replace(h, this.block(weights.middle.before, [h], null));
    h = this.replace(h, this.attention(weights.middle.attention, h));
    h = this.replace(h, this.block(weights.middle.after, [h], null));

    for (const level of [...weights.up].reverse()) {
      for (const block of level.blocks) {
        const skip = kept.pop()!;
        h = this.replace(h, this.block(block, [h, skip], null));
        plan.give(skip.buffer);
      }
      if (level.attention) h = this.replace(h, this.attention(level.attention, h));
      if (level.resample) h = this.replace(h, this.block(level.resample, [h], 'up'));
    }
    this.head(weights.head!, h);
  }

  private image(height: number, width: number, channels: number): Image {
    return { buffer: this.plan.take(height * width * channels), height, width, channels };
  }

  private hold<T extends Image>(image: T): T {
    image.buffer.holders++;
    return image;
  }

  private replace(before: Image, after: Image): Image {
    this.plan.give(before.buffer);
    return after;
  }

  private input(): Image {
    const image = this.image(this.height, this.width, INPUT_CHANNELS);
    const [scale, offset] = this.config.centered ? [1, 0] : [2, -1];
    this.plan.add(movedLayer('input', image, INPUT_CHANNELS), (arena) => {
      const [x, source, to] = [this.ends.x, this.ends.source, image.buffer].map(
        ({ offset }) => arena + offset,
      );
      const beside = this.config.num_channels === 1 ? 0 : source;
      this.kernels.run.pairs(x, beside, this.height * this.width, scale, offset, to);
    });
    return image;
  }

  private firstConvolution(conv: Conv, x: Image): Image {
    const bordered = this.bordered(x.height, x.width, x.channels);
    const { channels, rows, columns } = bordered;
    this.plan.add(movedLayer('border', bordered, channels), (arena) =>
      this.kernels.run.place(
        ...[arena + x.buffer.offset, x.height, x.width, channels],
        ...[arena + bordered.buffer.offset, rows, columns, channels, 1, 1, 1],
      ),
    );
    const out = this.image(x.height, x.width, conv.weight.shape[3]);
    this.convolution(conv, bordered, out, { bias: this.bias(conv.bias) });
    this.plan.give(bordered.buffer);
    return out;
  }

  /** Room for an image and its border, of which the border is cleared. */
  private bordered(height: number, width: number, channels: number): Bordered {
    const { rows, columns } = repays(height, width)
      ? winogradSize(height, width, channels, 1)
      : { rows: height + 2, columns: width + 2 };
    const buffer = this.plan.take(rows * columns * channels);
    this.plan.add(movedLayer('border', { height, width }, channels), (arena) =>
      this.kernels.run.clearBorder(arena + buffer.offset, rows, columns, channels, 1, 1, height, width),
    );
    return { buffer, height, width, channels, rows, columns };
  }

  /** A convolution 3x3 of what is bordered: out = (w x + bias + residual) scale; bias is an address. */
  private convolution(
    { weight }: Conv,
    x: Bordered,
    out: Image,
    { bias = 0, residual, scale = 1 }: { bias?: number; residual?: Image; scale?: number },
  ): void {
    const { plan, kernels } = this;
    const [, , cin, cout] = weight.shape;
    const { height, width, channels } = x;
    const residualAt = (arena: number) => (residual ? arena + residual.buffer.offset : 0);
    const from = kernels.addressOf(weight);
    const layer = convolutionLayer('3x3', out, cin, cout, 9);
    if (!repays(height, width)) {
      const packed = this.panels(weight, channels);
      const row = x.columns * channels * 4;
      plan.add(layer, (arena) =>
        kernels.run.product(
          ...[arena + x.buffer.offset, channels * 4, row, row, 3, 3 * channels, packed],
          ...[arena + out.buffer.offset, cout * 4, width * cout * 4, height, width, cout],
          ...[bias, residualAt(arena), scale],
        ),
      );
      return;
    }
    const size = winogradSize(height, width, channels, cout);
    const packed = this.packed.take(size.weights);
    kernels.run.winogradWeights(from, cin * cout * 4, cout * 4, 4, cin, channels, cout, packed);
    const work = plan.take(size.work);
    plan.add(layer, (arena) =>
      kernels.run.winograd(
        ...[arena + x.buffer.offset, packed, arena + out.buffer.offset, height, width, channels, cout],
        ...[bias, residualAt(arena), scale, arena + work.offset, size.block],
      ),
    );
    plan.give(work);
  }

  /** Packed weights [kh, kw, cin, cout] of an image of so many channels, zeros behind cin. */
  private panels(weight: tf.Tensor4D, channels: number): number {
    const [kh, kw, cin, cout] = weight.shape;
    const packed = this.packed.take(kh * kw * channels * roundUp(cout, 8));
    const from = this.kernels.addressOf(weight);
    for (let tap = 0; tap < kh * kw; tap++)
      this.kernels.run.packPanels(
        ...[from + tap * cin * cout * 4, cout * 4, 4, cin, cout],
        ...[packed + tap * channels * 32, kh * kw * channels * 32],
      );
    return packed;
  }

  /** Sums of biases with zeros behind them. */
  private bias(...biases: (tf.Tensor1D | undefined)[]): number {
    const given = biases.filter((bias) => bias !== undefined);
    const n = roundUp(given[0]?.shape[0] ?? 8, 8);
    const address = this.packed.take(n);
    for (const bias of given) {
      const values = this.kernels.floats(this.kernels.addressOf(bias), bias.shape[0]);
      const to = this.kernels.floats(address, n);
      values.forEach((value, i) => {
        to[i] += value;
      });
    }
    return address;
  }

  /** Group norm, scale and shift of images side by side as one line a channel; gives the two rows of it, each of all channels. */
  private line(norm: Norm, xs: readonly Image[], layer: Layer): Buffer {
    const { plan, kernels } = this;
    const { height, width } = xs[0];
    const pixels = height * width;
    const channels = xs.reduce((sum, x) => sum + x.channels, 0);
    const [moments, line] = [plan.take(6 * channels), plan.take(2 * channels)];
    const near = plan.take(channels);
    const runs = xs.map((x) => plan.take(2 * Math.ceil(pixels / RUN) * x.channels));
    const groups = groupsFor(channels);
    const [scale, shift] = this.scaleAndShift(norm, channels);
    plan.add(layer, (arena) => {
      const places = xs.map(({ buffer, channels }, i) => ({
        x: arena + buffer.offset,
        sums: arena + runs[i].offset,
        channels,
      }));
      kernels.together(() => {
        for (const { x, sums, channels } of places)
          kernels.run.runSums(x, pixels, channels, arena + near.offset, sums);
      });
      let at = arena + moments.offset;
      kernels.together(() => {
        for (const { x, sums, channels } of places) {
          kernels.run.addRuns(x, pixels, channels, sums, at);
          at += 24 * channels;
        }
      });
      const to = arena + line.offset;
      kernels.run.normLine(
        ...[arena + moments.offset, pixels, channels, groups, 1e-6, scale, shift, to, to + 4 * channels],
      );
    });
    for (const buffer of [moments, near, ...runs]) plan.give(buffer);
    return line;
  }

  /** Where they lie while the network runs. */
  private scaleAndShift(norm: Norm, channels: number): [number, number] {
    if (!('style' in norm)) return [this.kernels.addressOf(norm.weight), this.kernels.addressOf(norm.bias)];
    const both = this.packed.take(2 * channels);
    this.matvecs.push((arena) => this.dense(norm.style, arena + this.style.offset, both));
    return [both, both + 4 * channels];
  }

  /** silu(norm(xs)) into the middle of `out`. */
  private normSilu(norm: Norm, xs: readonly Image[], out: Image & { columns?: number }): void {
    const { plan, kernels } = this;
    const { channels, columns = out.width } = out;
    const layer = movedLayer('norm + SiLU', out, channels);
    const line = this.line(norm, xs, layer);
    const border = columns === out.width ? 0 : (columns + 1) * channels * 4;
    plan.add(layer, (arena) => {
      let at = 0;
      kernels.together(() => {
        for (const x of xs) {
          kernels.run.lineSilu(
            ...[arena + x.buffer.offset, x.height, x.width, x.channels],
            ...[arena + line.offset + at, arena + line.offset + 4 * channels + at],
            ...[arena + out.buffer.offset + border + at, channels * 4, columns * channels * 4],
          );
          at += 4 * x.channels;
        }
      });
    });
    plan.give(line);
  }

  private resample(how: 'up' | 'down', x: Image, out: Image & { columns?: number }): void {
    const { kernels } = this;
    const { channels, columns = out.width } = out;
    const border = columns === out.width ? 0 : (columns + 1) * channels * 4;
    const kernel = how === 'up' ? kernels.run.firUp : kernels.run.firDown;
    this.plan.add(movedLayer(`FIR ${how}`, out, channels), (arena) =>
      kernel(
        ...[arena + x.buffer.offset, x.height, x.width, channels],
        ...[arena + out.buffer.offset + border, columns * channels * 4, this.zeros],
      ),
    );
  }

  private block(block: ResidualBlock, xs: readonly Image[], how: Resample): Image {
    const { plan } = this;
    const [x] = xs;
    const channels = xs.reduce((sum, { channels }) => sum + channels, 0);
    const cout = block.conv0.weight.shape[3];
    const by = how === 'up' ? 2 : how === 'down' ? 0.5 : 1;
    const [height, width] = [x.height * by, x.width * by];

    const first = this.bordered(height, width, channels);
    if (how) {
      const whole = this.image(x.height, x.width, channels);
      this.normSilu(block.norm0, xs, whole);
      this.resample(how, whole, first);
      plan.give(whole.buffer);
    } else {
      this.normSilu(block.norm0, xs, first);
    }
    const h = this.image(height, width, cout);
    this.convolution(block.conv0, first, h, { bias: this.timeBias(block) });
    plan.give(first.buffer);

    const second = this.bordered(height, width, cout);
    this.normSilu(block.norm1, [h], second);
    plan.give(h.buffer);
    const out = this.image(height, width, cout);
    const residual = block.skip ? out : x;
    if (block.skip) this.skip(block.skip, xs, how, out);
    this.convolution(block.conv1, second, out, {
      bias: this.bias(block.conv1.bias, block.skip?.bias),
      residual,
      scale: Math.SQRT1_2,
    });
    plan.give(second.buffer);
    return out;
  }

  /** The first convolution's bias and what the time adds to it. */
  private timeBias({ conv0, time }: ResidualBlock): number {
    const { kernels } = this;
    const to = this.packed.take(roundUp(conv0.weight.shape[3], 8));
    const both = this.bias(conv0.bias, time.bias);
    const [k, n] = time.weight.shape;
    const weight = kernels.addressOf(time.weight);
    this.matvecs.push((arena) => kernels.run.dense(arena + this.time.offset, weight, both, k, n, to));
    return to;
  }

  /** The 1x1 convolution beside a block, resampled, without its bias. */
  private skip({ weight }: Conv, xs: readonly Image[], how: Resample, out: Image): void {
    if (how === 'down') {
      const small = this.image(out.height, out.width, xs[0].channels);
      this.resample('down', xs[0], small);
      this.pointwise(weight, 0, small, out);
      this.plan.give(small.buffer);
      return;
    }
    if (how === 'up') {
      const small = this.image(xs[0].height, xs[0].width, out.channels);
      this.pointwise(weight, 0, xs[0], small);
      this.resample('up', small, out);
      this.plan.give(small.buffer);
      return;
    }
    let row = 0;
    for (const x of xs) {
      this.pointwise(weight, row, x, out, { residual: row > 0 ? out : undefined });
      row += x.channels;
    }
  }

  /** out = (x W + bias + residual) scale, of W the rows from `row` on; bias is an address. */
  private pointwise(
    weight: tf.Tensor,
    row: number,
    x: Image,
    out: Image,
    { bias = 0, residual, scale = 1 }: { bias?: number; residual?: Image; scale?: number } = {},
  ): void {
    const { kernels } = this;
    const n = out.channels;
    const packed = this.packed.take(x.channels * roundUp(n, 8));
    const from = kernels.addressOf(weight) + row * n * 4;
    kernels.run.packPanels(from, n * 4, 4, x.channels, n, packed, x.channels * 32);
    this.plan.add(convolutionLayer('1x1', x, x.channels, n, 1), (arena) =>
      kernels.run.product(
        ...[arena + x.buffer.offset, x.channels * 4, 0, 0, 1, x.channels, packed],
        ...[arena + out.buffer.offset, n * 4, 0, 1, x.height * x.width, n],
        ...[bias, residual ? arena + residual.buffer.offset : 0, scale],
      ),
    );
  }

  /** (conv(smooth(pyramid)) + h)/sqrt 2. */
  private pyramid(conv: Conv, pyramid: Image, h: Image): Image {
    const { plan, kernels } = this;
    const { height, width, channels } = pyramid;
    const cout = conv.weight.shape[3];
    const smooth = this.image(height + 1, width + 1, channels);
    plan.add(movedLayer('FIR smooth', smooth, channels), (arena) =>
      kernels.run.firSmooth(
        ...[arena + pyramid.buffer.offset, height, width, channels],
        ...[arena + smooth.buffer.offset, this.zeros],
      ),
    );
    const out = this.image(h.height, h.width, cout);
    const packed = this.panels(conv.weight, channels);
    const bias = this.bias(conv.bias);
    const [pixel, row] = [channels * 4, (width + 1) * channels * 4];
    plan.add(convolutionLayer('3x3 of stride 2', out, channels, cout, 9), (arena) =>
      kernels.run.product(
        ...[arena + smooth.buffer.offset, 2 * pixel, 2 * row, row, 3, 3 * channels, packed],
        ...[arena + out.buffer.offset, cout * 4, h.width * cout * 4, h.height, h.width, cout],
        ...[bias, arena + h.buffer.offset, Math.SQRT1_2],
      ),
    );
    plan.give(smooth.buffer);
    return out;
  }

  private attention(weights: Attention, x: Image): Image {
    const { plan, kernels } = this;
    const { height, width, channels } = x;
    const positions = height * width;
    const normal = this.image(height, width, channels);
    const layer = movedLayer('norm', x, channels);
    const line = this.line(weights.norm, [x], layer);
    plan.add(layer, (arena) => {
      const [a, to] = [arena + line.offset, arena + normal.buffer.offset];
      const pixel = channels * 4;
      kernels.run.line(
        ...[arena + x.buffer.offset, height, width, channels, a, a + pixel, to, pixel, width * pixel],
      );
    });
    plan.give(line);
    const project = ({ weight, bias }: Dense) => {
      const out = this.image(height, width, channels);
      this.pointwise(weight, 0, normal, out, { bias: this.bias(bias) });
      return out;
    };
    const [query, key, value] = [weights.query, weights.key, weights.value].map(project);
    const positions8 = roundUp(positions, 8);
    const panels = plan.take(Math.max(channels * positions8, positions * roundUp(channels, 8)));
    const scores = plan.take(positions * positions);
    // Scores and mixed values: two products.
    const work = { ...movedLayer('attention', x, channels), macs: 2 * positions ** 2 * channels };
    plan.add(work, (arena) => {
      const [p, s, pixel, row] = [arena + panels.offset, arena + scores.offset, channels * 4, positions * 4];
      const at = (image: Image) => arena + image.buffer.offset;
      kernels.run.packPanels(at(key), 4, pixel, channels, positions, p, channels * 32);
      kernels.run.product(
        ...[at(query), pixel, 0, 0, 1, channels, p, s, row, 0, 1, positions, positions, 0, 0, 1],
      );
      kernels.run.softmax(s, positions, positions, 1 / Math.sqrt(channels));
      kernels.run.packPanels(at(value), pixel, 4, positions, channels, p, positions * 32);
      kernels.run.product(
        ...[s, row, 0, 0, 1, positions, p, at(normal), pixel, 0, 1, positions, channels, 0, 0, 1],
      );
    });
    for (const buffer of [query.buffer, key.buffer, value.buffer, panels, scores]) plan.give(buffer);
    const out = this.image(height, width, channels);
    this.pointwise(weights.out.weight, 0, normal, out, {
      bias: this.bias(weights.out.bias),
      residual: x,
      scale: Math.SQRT1_2,
    });
    plan.give(normal.buffer);
    return out;
  }

  /** The first channel of the network's output. */
  private head({ norm, conv }: NonNullable<NcsnppWeights['head']>, x: Image): void {
    const { kernels } = this;
    const { height, width, channels } = x;
    const bordered = this.bordered(height, width, channels);
    this.normSilu(norm, [x], bordered);
    const cout = conv.weight.shape[3];
    const packed = this.packed.take(9 * channels);
    const all = kernels.floats(kernels.addressOf(conv.weight), 9 * channels * cout);
    kernels.floats(packed, 9 * channels).forEach((_, i, to) => {
      to[i] = all[i * cout];
    });
    const bias = conv.bias ? kernels.floats(kernels.addressOf(conv.bias), 1)[0] : 0;
    const tanh = this.config.not_use_tanh ? 0 : 1;
    this.plan.add(convolutionLayer('3x3', x, channels, 1, 9), (arena) =>
      kernels.run.head(
        ...[arena + bordered.buffer.offset, height, width, bordered.columns, channels, packed, bias, tanh],
        arena + this.ends.out.offset,
      ),
    );
    this.plan.give(bordered.buffer);
    this.plan.give(x.buffer);
  }
}
