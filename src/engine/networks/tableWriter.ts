/**
 * Writes a network's table row by row: our path beside the authors' name, in their state_dict order. A network's own names stand
 * in its table.ts alone; those of its layers' parameters here.
 */
import type { ParameterTable, Start } from './table';

/** [our path, authors' name] prefixes of one module. */
export type Place = [path: string, name: string];

export const within = ([path, name]: Place, ourPart: string, theirPart: string): Place => [
  `${path}.${ourPart}`,
  theirPart ? `${name}.${theirPart}` : name,
];

export class TableWriter {
  readonly rows: ParameterTable = [];

  /** @param weights what convolutions and dense layers begin with */
  constructor(private readonly weights: Start) {}

  dense([path, name]: Place, cin: number, cout: number, biasStart: Start = 'zero'): void {
    const start = this.weights;
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'dense',
      shape: [cout, cin],
      start,
    });
    this.vector(path, name, cout, biasStart);
  }

  /** A dense layer that gives a group norm its scales and shifts. */
  style(place: Place, cin: number, channels: number): void {
    this.dense(place, cin, 2 * channels, 'style');
  }

  conv(
    [path, name]: Place,
    cin: number,
    cout: number,
    kernel: number,
    { bias = true, start = this.weights } = {},
  ): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'conv',
      shape: [cout, cin, kernel, kernel],
      start,
    });
    if (bias) this.vector(path, name, cout);
  }

  convTranspose([path, name]: Place, cin: number, cout: number, kernel: number): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'convTranspose',
      shape: [cin, cout, kernel, kernel],
      start: this.weights,
    });
    this.vector(path, name, cout);
  }

  /** A 1x1 convolution of positions in a row. */
  conv1d([path, name]: Place, cin: number, cout: number, start: Start = this.weights): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'conv1d',
      shape: [cout, cin, 1],
      start,
    });
    this.vector(path, name, cout);
  }

  /** Group norm's scale and shift. */
  affine([path, name]: Place, channels: number): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.weight`,
      kind: 'asIs',
      shape: [channels],
      start: 'one',
    });
    this.vector(path, name, channels);
  }

  /** The attention's 1x1 convolution, stored as [in, out]. */
  nin([path, name]: Place, channels: number, start: Start = this.weights): void {
    this.rows.push({
      path: `${path}.weight`,
      name: `${name}.W`,
      kind: 'asIs',
      shape: [channels, channels],
      start,
    });
    this.rows.push({
      path: `${path}.bias`,
      name: `${name}.b`,
      kind: 'asIs',
      shape: [channels],
      start: 'zero',
    });
  }

  /** One number that begins at 0. */
  scalar([path, name]: Place): void {
    this.rows.push({ path, name, kind: 'asIs', shape: [1], start: 'zero' });
  }

  private vector(path: string, name: string, length: number, start: Start = 'zero'): void {
    this.rows.push({ path: `${path}.bias`, name: `${name}.bias`, kind: 'asIs', shape: [length], start });
  }
}
