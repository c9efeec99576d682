/**
 * Norms with scale, shift and activation, and their gradients, as wasm/operations/norm.ts has them: sums of each channel over parts of the
 * image, what follows from them for each group, and then one pass over the image.
 */
import * as tf from '../../../tf';
import { type NormAttributes, slopeOf } from '../../wasm/operations/norm';
import type { Attributes, Infos } from '../../wasm/operations/operation';
import { dispatch, disposeInfos, eachNumber, outputOf, program, THREADS, workgroupsFor } from '../dispatch';
import { addedUp, ceilDiv } from '../wgsl';
import { channelSums, lanesFor, PLACE_OF_SUMS, partsOf, SHARED } from './sums';

/** Pixels of a part, or parts of an image, evenly spread: their mean is near that of all. */
const PIVOT_OF = 8;

// About a number near the part's mean: what lies far from it would lose digits in both sums.
const moments = program('norm moments', {
  whole: ['pixels', 'channels', 'run', 'lanes'],
  reads: ['x'],
  writes: ['parts'],
  functions: SHARED,
  body: `${channelSums(
    'let d = x[i] - pivot; a += d; b += d * d;',
    `var pivot = 0.0;
  if (inside) {
    for (var k = 0u; k < ${PIVOT_OF}u; k++) {
      pivot += x[base + (begin + k * (end - begin) / ${PIVOT_OF}u) * s.channels];
    }
    pivot *= ${1 / PIVOT_OF};
  }`,
  )}
  ${PLACE_OF_SUMS}
  let n = f32(end - begin);
  parts[at] = pivot + a / n;
  parts[at + s.channels] = max(0.0, b - a * a / n);`,
});

/** Of a workgroup a group of an image: mean, 1 / std, and what the gradient's second part is larger by. */
const statistics = program('norm statistics', {
  whole: ['pixels', 'channels', 'run', 'parts', 'ofGroup', 'isLayer'],
  real: ['epsilon'],
  reads: ['parts'],
  writes: ['stats'],
  functions: SHARED,
  body: `  let image = group.y;
  let channel = group.x * s.ofGroup;
  let count = f32(s.pixels) * f32(s.ofGroup);
  let items = s.ofGroup * s.parts;
  // As the parts do: about a number near the mean.
  var pivot = 0.0;
  for (var k = 0u; k < ${PIVOT_OF}u; k++) {
    pivot += parts[(image * s.parts + k * s.parts / ${PIVOT_OF}u) * 2u * s.channels + channel];
  }
  pivot *= ${1 / PIVOT_OF};
  var a = 0.0;
  for (var i = thread; i < items; i += ${THREADS}u) {
    let part = i / s.ofGroup;
    let n = f32(min(s.run, s.pixels - part * s.run));
    a += n * (parts[(image * s.parts + part) * 2u * s.channels + channel + i % s.ofGroup] - pivot);
  }
  first[thread] = a;
  workgroupBarrier();
  var mean = 0.0;
  ${addedUp('mean', 'first')}
  mean = pivot + mean / count;
  a = 0.0;
  for (var i = thread; i < items; i += ${THREADS}u) {
    let part = i / s.ofGroup;
    let n = f32(min(s.run, s.pixels - part * s.run));
    let at = (image * s.parts + part) * 2u * s.channels + channel + i % s.ofGroup;
    let d = parts[at] - mean;
    a += parts[at + s.channels] + n * d * d;
  }
  second[thread] = a;
  workgroupBarrier();
  var squares = 0.0;
  ${addedUp('squares', 'second')}
  var inverse = inverseSqrt(squares / count + s.epsilon);
  var factor = 1.0;
  if (s.isLayer == 1u) {
    let deviation = sqrt(squares / (count - 1.0));
    inverse = 1.0 / (deviation + s.epsilon);
    factor = count / ((count - 1.0) * deviation * inverse);
  }
  for (var i = thread; i < s.ofGroup; i += ${THREADS}u) {
    let at = image * 3u * s.channels + channel + i;
    stats[at] = mean;
    stats[at + s.channels] = inverse;
    stats[at + 2u * s.channels] = factor;
  }`,
});

/** How scale and shift of a channel of an image are found, and what comes behind the norm. */
const SCALED = {
  whole: ['hasScale', 'step', 'shiftAt', 'isSilu'],
  real: ['slope'],
  reads: ['scale', 'shift'],
};
const scaleOf = (image: string, channel: string) =>
  `select(1.0, scale[${image} * s.step + ${channel}], s.hasScale == 1u)`;
const shiftOf = (image: string, channel: string) =>
  `select(0.0, shift[s.shiftAt + ${image} * s.step + ${channel}], s.hasScale == 1u)`;
const SIGMOID = 'fn sigmoid(u: f32) -> f32 { return 1.0 / (1.0 + exp(min(-u, 80.0))); }';

/** n: the normalised number; u: scaled and shifted. */
const NORMALISED = `let at = image * 3u * s.channels + channel;
  let n = (x[i] - stats[at]) * stats[at + s.channels];
  let gain = ${scaleOf('image', 'channel')};
  let u = n * gain + ${shiftOf('image', 'channel')};`;
/** dy before the activation. */
const BEFORE_ACTIVATION = `var du = dy[i];
  if (s.isSilu == 1u) {
    let q = sigmoid(u);
    du *= q * (1.0 + u * (1.0 - q));
  } else { du *= select(s.slope, 1.0, u > 0.0); }`;
const PLACE = `let channel = i % s.channels;
  let image = i / (s.pixels * s.channels);`;

const apply = eachNumber('norm', {
  whole: ['pixels', 'channels', ...SCALED.whole],
  real: SCALED.real,
  reads: ['x', 'stats', ...SCALED.reads],
  writes: ['out'],
  functions: SIGMOID,
  body: `${PLACE}
  ${NORMALISED}
  if (s.isSilu == 1u) { out[i] = u * sigmoid(u); } else { out[i] = select(s.slope * u, u, u > 0.0); }`,
});

const slopeSums = program('norm slopes', {
  whole: ['pixels', 'channels', 'run', 'lanes', ...SCALED.whole],
  real: SCALED.real,
  reads: ['x', 'dy', 'stats', ...SCALED.reads],
  writes: ['parts'],
  functions: `${SHARED}\n${SIGMOID}`,
  body: `${channelSums(`${NORMALISED} ${BEFORE_ACTIVATION} a += du; b += du * n;`)}
  ${PLACE_OF_SUMS}
  parts[at] = a;
  parts[at + s.channels] = b;`,
});

type Given = 'none' | 'both' | 'style';

/** Of a workgroup a group: the two means over it that dx wants, and the gradients of what scaled and shifted. */
const slopesOf = (given: Given) => {
  const put = {
    none: '',
    both: `let at = image * s.step + channel;
      if (s.step > 0u || image == 0u) { dscale[at] = b; dshift[at] = a; } else { dscale[at] += b; dshift[at] += a; }`,
    style: 'dstyle[image * s.step + channel] = b; dstyle[s.shiftAt + image * s.step + channel] = a;',
  }[given];
  const writes = { none: [], both: ['dscale', 'dshift'], style: ['dstyle'] }[given];
  const gain = given === 'none' ? '1.0' : 'scale[image * s.step + channel]';
  return program(`norm slopes of groups, ${given}`, {
    whole: ['pixels', 'channels', 'parts', 'ofGroup', 'lanes', 'batch', 'step', 'shiftAt'],
    reads: ['parts', ...(given === 'none' ? [] : ['scale'])],
    writes: ['means', ...writes],
    functions: SHARED,
    body: `  let lane = thread % s.lanes;
  let row = thread / s.lanes;
  let rows = ${THREADS}u / s.lanes;
  let count = f32(s.pixels) * f32(s.ofGroup);
  for (var image = 0u; image < s.batch; image++) {
    var shiftPart = 0.0;
    var scalePart = 0.0;
    for (var block = 0u; block < s.ofGroup; block += s.lanes) {
      let inside = block + lane < s.ofGroup;
      let channel = group.x * s.ofGroup + block + lane;
      var a = 0.0;
      var b = 0.0;
      if (inside) {
        for (var part = row; part < s.parts; part += rows) {
          let at = (image * s.parts + part) * 2u * s.channels + channel;
          a += parts[at];
          b += parts[at + s.channels];
        }
      }
      first[thread] = a;
      second[thread] = b;
      workgroupBarrier();
      if (row == 0u && inside) {
        for (var r = 1u; r < rows; r++) {
          a += first[r * s.lanes + lane];
          b += second[r * s.lanes + lane];
        }
        shiftPart += ${gain} * a;
        scalePart += ${gain} * b;
        ${put}
      }
      workgroupBarrier();
    }
    first[thread] = shiftPart;
    second[thread] = scalePart;
    workgroupBarrier();
    if (thread == 0u) {
      for (var i = 1u; i < s.lanes; i++) {
        shiftPart += first[i];
        scalePart += second[i];
      }
      let at = (image * groups.x + group.x) * 2u;
      means[at] = shiftPart / count;
      means[at + 1u] = scalePart / count;
    }
    workgroupBarrier();
  }`,
  });
};

const SLOPES = { none: slopesOf('none'), both: slopesOf('both'), style: slopesOf('style') };

const slope = eachNumber('norm slope', {
  whole: ['pixels', 'channels', 'ofGroup', ...SCALED.whole],
  real: SCALED.real,
  reads: ['x', 'dy', 'stats', 'means', ...SCALED.reads],
  writes: ['dx'],
  functions: SIGMOID,
  body: `${PLACE}
  ${NORMALISED}
  ${BEFORE_ACTIVATION}
  let m = (image * (s.channels / s.ofGroup) + channel / s.ofGroup) * 2u;
  dx[i] = stats[at + s.channels] * (gain * du - means[m] - n * means[m + 1u] * stats[at + 2u * s.channels]);`,
});

/** The tensors that `scale` and `shift` are bound to (any, where there are none) and the numbers of SCALED. */
function scaling({ x, style, scale, shift }: Infos, { activation }: NormAttributes, any: tf.TensorInfo) {
  const [batch, , , c] = x.shape;
  const own = [Number(activation === 'silu')];
  const real = [slopeOf(activation)];
  if (style) return { whole: [1, 2 * c, c, ...own], real, reads: [style, style], given: 'style' as const };
  if (!scale) return { whole: [0, 0, 0, ...own], real, reads: [any, any], given: 'none' as const };
  const isShared = batch === 1 || tf.util.sizeFromShape(scale.shape) === c;
  return { whole: [1, isShared ? 0 : c, 0, ...own], real, reads: [scale, shift], given: 'both' as const };
}

/** The norm, and its statistics [b, 3, c] for the gradient. */
export function norm(inputs: Infos, attributes: Attributes): tf.TensorInfo[] {
  const own = attributes as unknown as NormAttributes;
  const { x } = inputs;
  const [b, h, w, c] = x.shape;
  const pixels = h * w;
  const { run, parts } = partsOf(pixels);
  const [sums, stats, out] = [[b, parts, 2, c], [b, 3, c], x.shape].map(outputOf);
  const lanes = lanesFor(c);
  dispatch(moments, {
    whole: [pixels, c, run, lanes],
    reads: [x],
    writes: [sums],
    workgroups: [ceilDiv(c, lanes), parts, b],
  });
  dispatch(statistics, {
    whole: [pixels, c, run, parts, c / own.groups, Number(own.isLayer ?? false)],
    real: [own.epsilon],
    reads: [sums],
    writes: [stats],
    workgroups: [own.groups, b, 1],
  });
  const { whole, real, reads } = scaling(inputs, own, stats);
  const count = b * pixels * c;
  dispatch(apply, {
    whole: [count, pixels, c, ...whole],
    real,
    reads: [x, stats, ...reads],
    writes: [out],
    workgroups: workgroupsFor(count),
  });
  disposeInfos(sums);
  return [out, stats];
}

/** dx, then the gradients of what else the norm was given, in its order. */
export function normBack(inputs: Infos, attributes: Attributes): tf.TensorInfo[] {
  const own = attributes as unknown as NormAttributes;
  const { x, dy, stats, style, scale, shift } = inputs;
  const [b, h, w, c] = x.shape;
  const pixels = h * w;
  const { run, parts } = partsOf(pixels);
  const lanes = lanesFor(c);
  const ofGroup = c / own.groups;
  const [sums, means, dx] = [[b, parts, 2, c], [b, own.groups, 2], x.shape].map(outputOf);
  const slopes = (style ? [style] : scale ? [scale, shift] : []).map(({ shape }) => outputOf(shape));
  const { whole, real, reads, given } = scaling(inputs, own, stats);
  dispatch(slopeSums, {
    whole: [pixels, c, run, lanes, ...whole],
    real,
    reads: [x, dy, stats, ...reads],
    writes: [sums],
    workgroups: [ceilDiv(c, lanes), parts, b],
  });
  dispatch(SLOPES[given], {
    whole: [pixels, c, parts, ofGroup, lanesFor(ofGroup), b, whole[1], whole[2]],
    reads: [sums, ...(given === 'none' ? [] : [reads[0]])],
    writes: [means, ...slopes],
    workgroups: [own.groups, 1, 1],
  });
  const count = b * pixels * c;
  dispatch(slope, {
    whole: [count, pixels, c, ofGroup, ...whole],
    real,
    reads: [x, dy, stats, means, ...reads],
    writes: [dx],
    workgroups: workgroupsFor(count),
  });
  disposeInfos(sums, means);
  return [dx, ...slopes];
}
