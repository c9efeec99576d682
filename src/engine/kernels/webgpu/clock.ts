/** How long a device takes for a dispatch. */

/** A dispatch on a device. */
export interface Step {
  pipeline: GPUComputePipeline;
  group: GPUBindGroup;
  workgroups: readonly [x: number, y: number, z: number];
}

export interface Clock {
  /** By the GPU's own clock, or the processor's around submits. */
  kind: 'timestamps' | 'submits';
  /** Milliseconds of so many dispatches one after the other. */
  time(step: Step, repeats: number): Promise<number>;
  dispose(): void;
}

export const MOST_REPEATS = 1024;

export interface Timed {
  /** Milliseconds of one dispatch. */
  ms: number;
  repeats: number;
}

/**
 * A dispatch is repeated until all together take `enough` milliseconds: clocks of GPUs are coarse where a page may read them.
 * @param repeats to begin with
 */
export async function timed(clock: Clock, step: Step, enough: number, repeats = 1): Promise<Timed> {
  for (;;) {
    const taken = await clock.time(step, repeats);
    if (taken >= enough || repeats >= MOST_REPEATS) return { ms: taken / repeats, repeats };
    repeats *= 2;
  }
}

/** @param now milliseconds, monotonic */
export const clockOf = (device: GPUDevice, now: () => number): Clock =>
  device.features.has('timestamp-query') ? timestamps(device) : submits(device, now);

function record(pass: GPUComputePassEncoder, { pipeline, group, workgroups }: Step, repeats: number): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(...workgroups);
  pass.end();
}

function timestamps(device: GPUDevice): Clock {
  const set = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const read = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  return {
    kind: 'timestamps',
    time: async (step, repeats) => {
      const encoder = device.createCommandEncoder();
      record(
        encoder.beginComputePass({
          timestampWrites: { querySet: set, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
        }),
        step,
        repeats,
      );
      encoder.resolveQuerySet(set, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, read, 0, 16);
      device.queue.submit([encoder.finish()]);
      await read.mapAsync(GPUMapMode.READ);
      const [begin, end] = new BigUint64Array(read.getMappedRange().slice(0));
      read.unmap();
      // Nanoseconds.
      return Number(end - begin) / 1e6;
    },
    dispose: () => {
      set.destroy();
      resolved.destroy();
      read.destroy();
    },
  };
}

function submits(device: GPUDevice, now: () => number): Clock {
  return {
    kind: 'submits',
    time: async (step, repeats) => {
      const encoder = device.createCommandEncoder();
      record(encoder.beginComputePass(), step, repeats);
      const commands = encoder.finish();
      await device.queue.onSubmittedWorkDone();
      const begin = now();
      device.queue.submit([commands]);
      await device.queue.onSubmittedWorkDone();
      return now() - begin;
    },
    dispose: () => {},
  };
}
