/**
 * How a kernel's work is cut into parts for several threads: by rows, pixels or channels of its result, never within a sum, so that the
 * result has the same bits however many there are. Arguments are those of assembly/, which says what they are.
 */
import { MOST_TASKS } from './taskLine';
import { winogradSize } from './winograd';

export interface Cut {
  /** What can be made apart: rows, blocks of pixels or of channels. */
  units: number;
  /** Products, or numbers that are read or written times `MOVED`, in all: small work is not worth a thread. */
  cost: number;
  /** The arguments of the part from one unit to before another. */
  part(begin: number, end: number): number[];
  /** The argument that is a room for the kernel's own use, and its size. */
  room?: { argument: number; bytes: number };
}

/** A number read and written takes about as long as so many products. */
const MOVED = 4;
/** Pixels or numbers that are not cut. */
const BLOCK = 1024;
/** Numbers of a parameter, about. */
const PARAMETER = 10_000;
/** Pixels whose sums are taken in float32 (assembly/norm.ts). */
export const RUN = 128;

/** Arguments with some of them moved on by so many bytes. */
function moved(args: readonly number[], by: Record<number, number>): number[] {
  const result = [...args];
  // 0 is no address: what is not there stays so.
  for (const at in by) if (result[at] !== 0) result[at] += by[at];
  return result;
}

function withArgument(args: readonly number[], at: number, value: number): number[] {
  const result = [...args];
  result[at] = value;
  return result;
}

/** Rows of `line` and `lineSilu`. */
function rowsOfLine(args: readonly number[]): Cut {
  const [, height, width, c, , , , , outRow] = args;
  return {
    units: height,
    cost: height * width * c * MOVED,
    part: (begin, end) => {
      const rows = moved(args, { 0: begin * width * c * 4, 6: begin * outRow });
      return withArgument(rows, 1, end - begin);
    },
  };
}

/** Number by number: `count` is the argument that says how many, `places` where they lie. */
function numbers(args: readonly number[], count: number, places: readonly number[], cost: number): Cut {
  const n = args[count];
  return {
    units: Math.ceil(n / BLOCK),
    cost: n * cost * MOVED,
    part: (begin, end) => {
      const part = moved(args, Object.fromEntries(places.map((place) => [place, begin * BLOCK * 4])));
      return withArgument(part, count, Math.min(n, end * BLOCK) - begin * BLOCK);
    },
  };
}

/** Rows of an image, which the kernel is told. */
const rows = (args: readonly number[], units: number, cost: number): Cut => ({
  units,
  cost: cost * MOVED,
  part: (begin, end) => [...args, begin, end],
});

/** Channels whose numbers fill a line of a cache: two threads should not write to the same one. */
const LINE_OF_CHANNELS = 16;

/** Channels of an image, which the kernel is told: whole groups of `size`, from a multiple of 4 on. */
function channels(args: readonly number[], c: number, size: number, cost: number): Cut {
  // The smallest that 4 and the groups divide, then as many as fill a line where they can.
  let unit = size;
  while (unit % 4 !== 0) unit += size;
  if (unit < LINE_OF_CHANNELS && LINE_OF_CHANNELS % unit === 0) unit = LINE_OF_CHANNELS;
  return {
    units: Math.ceil(c / unit),
    cost: cost * MOVED,
    part: (begin, end) => [...args, begin * unit, Math.min(c, end * unit)],
  };
}

export const CUTS: Readonly<Record<string, (args: readonly number[]) => Cut>> = {
  // Of one image by its pixels, else by images.
  addChannels: (args) => {
    const [, batch, pixels, c, , step] = args;
    const cost = batch * pixels * c * MOVED;
    if (batch > 1)
      return {
        units: batch,
        cost,
        part: (begin, end) => {
          const image = pixels * c * 4;
          const part = moved(args, { 0: begin * image, 4: begin * step, 6: begin * image });
          return withArgument(part, 1, end - begin);
        },
      };
    return {
      units: Math.ceil(pixels / RUN),
      cost,
      part: (begin, end) => {
        const part = moved(args, { 0: begin * RUN * c * 4, 6: begin * RUN * c * 4 });
        return withArgument(part, 2, Math.min(pixels, end * RUN) - begin * RUN);
      },
    };
  },
  channelSums: (args) => {
    const [, batch, pixels, c] = args;
    return channels(args, c, 1, batch * pixels * c);
  },
  // Its list alone knows how long the parameters are.
  adamAll: (args) => ({
    units: args[1],
    cost: args[1] * PARAMETER * 7 * MOVED,
    part: (begin, end) => withArgument(moved(args, { 0: begin * 32 }), 1, end - begin),
  }),
  filterGradient: (args) => {
    const [, , , , , height, width, kh, kw, cin, cout8] = args;
    return {
      units: cin / 4,
      cost: height * width * kh * kw * cin * cout8,
      part: (begin, end) => {
        const part = moved(args, { 0: begin * 16, 11: begin * 16 * cout8 });
        return [...withArgument(part, 9, (end - begin) * 4), cin * cout8 * 4];
      },
    };
  },
  firDown: (args) => rows(args, args[1] / 2, args[1] * args[2] * args[3]),
  firSmooth: (args) => rows(args, args[1] + 1, args[1] * args[2] * args[3]),
  firUp: (args) => rows(args, args[1], 4 * args[1] * args[2] * args[3]),
  groupNorm: (args) => {
    const [, batch, pixels, c, groups] = args;
    return channels(args, c, c / groups, 3 * batch * pixels * c);
  },
  groupNormBack: (args) => {
    const [, , batch, pixels, c, groups] = args;
    return channels(args, c, c / groups, 5 * batch * pixels * c);
  },
  head: (args) => {
    const [, height, width, columns, c] = args;
    return {
      units: height,
      cost: height * width * c * 9,
      part: (begin, end) => {
        const part = moved(args, { 0: begin * columns * c * 4, 8: begin * width * 4 });
        return withArgument(part, 1, end - begin);
      },
    };
  },
  leakyBack: (args) => numbers(args, 2, [0, 1, 4], 1),
  line: rowsOfLine,
  lineSilu: rowsOfLine,
  packPanels: (args) => {
    const [, , columnStep, k, n, , step] = args;
    return {
      units: Math.ceil(n / 8),
      cost: k * n * MOVED,
      part: (begin, end) => {
        const part = moved(args, { 0: begin * 8 * columnStep, 5: begin * step });
        return withArgument(part, 4, Math.min(n, end * 8) - begin * 8);
      },
    };
  },
  pairs: (args) => {
    const n = args[2];
    return {
      units: Math.ceil(n / BLOCK),
      cost: 6 * n * MOVED,
      part: (begin, end) => {
        const at = begin * BLOCK * 4;
        const part = moved(args, { 0: at, 1: at, 5: 4 * at });
        return withArgument(part, 2, Math.min(n, end * BLOCK) - begin * BLOCK);
      },
    };
  },
  place: (args) => {
    const [, , , , , outRows, columns, channels, top] = args;
    return {
      units: outRows,
      cost: outRows * columns * channels * MOVED,
      part: (begin, end) => {
        const part = moved(args, { 4: begin * columns * channels * 4 });
        return withArgument(withArgument(part, 5, end - begin), 8, top - begin);
      },
    };
  },
  product: (args) => {
    const [, aPixel, strideY, , kh, run, , , cPixel, cRow, height, width, n] = args;
    const cost = height * width * n * kh * run;
    if (height > 1)
      return {
        units: height,
        cost,
        part: (begin, end) => {
          const part = moved(args, { 0: begin * strideY, 7: begin * cRow, 14: begin * cRow });
          return withArgument(part, 10, end - begin);
        },
      };
    return {
      units: Math.ceil(width / 4),
      cost,
      part: (begin, end) => {
        const first = begin * 4;
        const part = moved(args, { 0: first * aPixel, 7: first * cPixel, 14: first * cPixel });
        return withArgument(part, 11, Math.min(width, end * 4) - first);
      },
    };
  },
  reflectPad: (args) => {
    const [, batch, height, width, c, n] = args;
    return rows(args, batch * (height + 2 * n), batch * (height + 2 * n) * (width + 2 * n) * c);
  },
  runSums: (args) => {
    const [, pixels, c] = args;
    return {
      units: Math.ceil(pixels / RUN),
      cost: pixels * c * MOVED,
      part: (begin, end) => [...args, begin, end],
      room: { argument: 3, bytes: 4 * c },
    };
  },
  scaled: (args) => numbers(args, 2, [0, 3], 1),
  siluBack: (args) => numbers(args, 2, [0, 1, 3], 6),
  siluTo: (args) => numbers(args, 1, [0, 2], 4),
  softmax: (args) => {
    const [, count, n] = args;
    return {
      units: count,
      cost: 4 * count * n * MOVED,
      part: (begin, end) => withArgument(moved(args, { 0: begin * n * 4 }), 1, end - begin),
    };
  },
  weightedSum: (args) => numbers(args, 4, [0, 2, 5], 1),
  winograd: (args) => {
    const [, , , height, width, cin, cout] = args;
    const row = 4 * width * cout * 4;
    const size = winogradSize(height, width, cin, cout);
    return {
      units: size.tilesY,
      cost: height * width * cin * cout * 2.25,
      part: (begin, end) => {
        const part = moved(args, { 0: begin * 4 * size.columns * cin * 4, 2: begin * row, 8: begin * row });
        return withArgument(part, 3, Math.min(height, end * 4) - begin * 4);
      },
      room: { argument: 10, bytes: size.work * 4 },
    };
  },
  winogradFilterBack: (args) => {
    const [, , , filled, cout] = args;
    return {
      units: filled,
      cost: 36 * filled * cout * MOVED,
      part: (begin, end) => [...args, begin, end],
      room: { argument: 6, bytes: 18 * 16 },
    };
  },
  // By the six rows of what a tile is transformed to.
  winogradFilterGradient: (args) => {
    const [, , , tilesY, tilesX, cin, cout8, , block] = args;
    return {
      units: 6,
      cost: 36 * tilesY * tilesX * cin * cout8,
      part: (begin, end) => [...args, begin, end],
      room: { argument: 7, bytes: 4 * (6 * (4 * tilesX + 2) * cin + 36 * (block * (cin + cout8) + 32) + 96) },
    };
  },
  winogradWeights: (args) => {
    const [, , , , , cin, cout] = args;
    return {
      units: Math.ceil(cout / 8),
      cost: 36 * cin * cout * MOVED,
      part: (begin, end) => [...args, begin * 8, Math.min(cout, end * 8)],
    };
  },
};

/** Less than this in a part is not worth the telling: about 20 microseconds. */
const LEAST_COST = 200_000;
/** Less than this in all, some 100 microseconds, is done before another thread has heard of it. */
const LEAST_TOLD = 1_500_000;
/** Parts for each thread, so that one that is held up does not hold up the others. */
const PARTS = 8;

/** Of parts that all threads know of before: the telling costs nothing. */
const LEAST_RECORDED = 50_000;

/** @returns the calls that make the whole together: one where there is one thread, or little to do */
export function partsOf({ units, cost, part }: Cut, threads: number, isRecorded = false): number[][] {
  const isTold = isRecorded || cost >= LEAST_TOLD;
  const least = isRecorded ? LEAST_RECORDED : LEAST_COST;
  const count =
    threads === 1 || !isTold ? 1 : Math.min(units, PARTS * threads, Math.floor(cost / least), MOST_TASKS);
  if (count <= 1) return [part(0, units)];
  const calls: number[][] = [];
  for (let i = 0; i < count; i++)
    calls.push(part(Math.floor((i * units) / count), Math.floor(((i + 1) * units) / count)));
  return calls;
}
