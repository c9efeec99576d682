import { describe, expect, it } from 'vitest';
import { type GeneratorConfig, PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import type { NcsnppWeights } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import { shapesOf } from '../../networks/parameters';
import { expectedForm } from './exactForm';
import { bytesOfBlock, type Graph, planMemory } from './graph';
import { ncsnppGraph } from './ncsnppGraph';
import type { Storage } from './wgsl';

/** The shipped models'. */
const LIGHT: GeneratorConfig = {
  ...PAPER_GENERATOR,
  num_channels_dae: 16,
  ch_mult: [1, 2, 4, 8, 8],
  num_res_blocks: 1,
  z_emb_dim: 64,
};

function graphOf(config: GeneratorConfig, side: number, storage: Storage, isEightBits = false): Graph {
  const shape = { batch: 1, height: side, width: side, inputs: [1, 1], outputs: 1 };
  // No scale is looked at.
  const exact = isEightBits ? () => expectedForm('q8') : undefined;
  return ncsnppGraph(config, shapesOf<NcsnppWeights>(ncsnppTable(config)), shape, {
    storage,
    weights: storage,
    exact,
  });
}

const MB = 1e6;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Bytes of images, and of weights. */
function bytesOf(graph: Graph): { images: number; weights: number } {
  return { images: sum(planMemory(graph).pieces), weights: sum(graph.blocks.map(bytesOfBlock)) };
}

describe('ncsnppGraph', () => {
  it.each([
    ['paper', 'f32', 290, PAPER_GENERATOR, false],
    ['paper', 'f16', 150, PAPER_GENERATOR, false],
    ['paper of 8 bits', 'f16', 110, PAPER_GENERATOR, true],
    ['shipped', 'f32', 65, LIGHT, false],
    ['shipped', 'f16', 35, LIGHT, false],
    ['shipped of 8 bits', 'f32', 48, LIGHT, true],
    ['shipped of 8 bits', 'f16', 28, LIGHT, true],
  ] as const)(
    '%s at 256 x 256, %s: at most 250 dispatches and %d MB',
    (_, storage, most, config, isEightBits) => {
      const graph = graphOf(config, 256, storage, isEightBits);
      expect(graph.dispatches.length).toBeLessThanOrEqual(250);
      const { images, weights } = bytesOf(graph);
      expect((images + weights) / MB).toBeLessThanOrEqual(most);
    },
  );

  it('binds no more buffers than any device has', () => {
    for (const { reads, writes } of graphOf(PAPER_GENERATOR, 256, 'f32').dispatches)
      expect(reads.length + writes.length).toBeLessThanOrEqual(8);
  });

  it('takes no more memory of a workgroup than any device has, by whatever tile', () => {
    const bytes = (code: string) =>
      sum(
        [...code.matchAll(/var<workgroup> \w+: array<(vec4<f32>|f32), (\d+)>/g)].map(
          ([, type, count]) => Number(count) * (type === 'f32' ? 4 : 16),
        ),
      );
    for (const config of [PAPER_GENERATOR, LIGHT]) {
      const { dispatches } = graphOf(config, 256, 'f32');
      const found = dispatches.flatMap(({ label, kernel, tiling }) =>
        [kernel, ...(tiling?.tiles.map((tile) => tiling.by(tile).kernel) ?? [])].map(
          ({ code }) => [label, bytes(code)] as const,
        ),
      );
      expect(Math.max(...found.map(([, size]) => size))).toBeGreaterThan(0);
      expect(found.filter(([, size]) => size > 16_384)).toEqual([]);
    }
  });

  it('lets no two buffers share memory that are alive at the same time', () => {
    const graph = graphOf({ ...LIGHT, ch_mult: [1, 2], attn_resolutions: [128] }, 16, 'f32');
    const { pieceOf, pieces } = planMemory(graph);
    const owner = new Map<number, number>();
    for (const id of [...graph.inputs.images, graph.inputs.hidden!]) owner.set(pieceOf[id], id);
    for (const { reads, writes, label } of graph.dispatches) {
      // What is read is still what was written last.
      const read = reads.flatMap((operand) => ('buffer' in operand ? [operand.buffer] : []));
      for (const id of read) expect(owner.get(pieceOf[id]), label).toBe(id);
      for (const id of writes) {
        expect(read.map((other) => pieceOf[other])).not.toContain(pieceOf[id]);
        expect(pieces[pieceOf[id]]).toBeGreaterThanOrEqual(graph.buffers[id]);
        owner.set(pieceOf[id], id);
      }
    }
    expect(owner.get(pieceOf[graph.output])).toBe(graph.output);
  });
});
