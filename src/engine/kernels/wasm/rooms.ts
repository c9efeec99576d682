/** Places of buffers one after the other, 16 bytes apart at least: how an operation lays out its workspace. */
export class Rooms {
  bytes = 0;

  /** The offset of room for so many float32. */
  floats(count: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil(count / 4) * 16;
    return offset;
  }
}

export const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
