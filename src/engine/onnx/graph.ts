/** A graph of ONNX operators as plain data, built node by node: it knows no network and no bytes (modelFile.ts writes them). */

/** Whole numbers that are 64 bits wide in the file. */
export interface Ints {
  readonly ints: readonly number[];
}

/** An attribute: whole numbers are ints, as the operators of the graphs here have no other numbers but `float`s. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export interface GraphNode {
  readonly op: string;
  /** "" is ONNX's own. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant of the file, C order. */
export interface Initialiser {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Ints;
  /** Floats alone: stored in 2 bytes each. */
  readonly half: boolean;
}

/** What goes in or out; a dimension that is a word is the caller's choice. All are float32. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** What it is, for people. */
  readonly text: string;
}

/** Values are named: a node's outputs, initialisers and inputs are told by their names. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly initialisers: Initialiser[] = [];
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  private readonly constants = new Map<string, string>();
  private made = 0;

  input(port: Port): string {
    this.inputs.push(port);
    return port.name;
  }

  /** A value becomes an output under the port's name. */
  output(value: string, port: Port): void {
    this.nodes.push({ op: 'Identity', domain: '', inputs: [value], outputs: [port.name], attributes: {} });
    this.outputs.push(port);
  }

  /** One operator; returns the names of its outputs. An input that is left out is "". */
  nodeOf(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { outputs: count = 1, domain = '' } = {},
  ): string[] {
    const outputs = Array.from({ length: count }, () => `${op}_${this.made++}`);
    this.nodes.push({ op, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** One operator of ONNX's own with one output. */
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string {
    return this.nodeOf(op, inputs, attributes)[0];
  }

  /**
   * A float32 tensor of the file.
   * @param half it is stored as float16 and made float32 where it is used
   */
  tensor(name: string, shape: readonly number[], data: Float32Array, half = false): string {
    this.initialisers.push({ name, shape, data, half });
    return half ? this.node('Cast', [name], { to: FLOAT }) : name;
  }

  /** Floats that are no weights, the same ones once. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant(`floats ${shape} of ${values}`, (name) =>
      this.initialisers.push({ name, shape, data: Float32Array.from(values), half: false }),
    );
  }

  /** Whole numbers, such as a shape, the same ones once. */
  ints(values: readonly number[]): string {
    return this.constant(`ints ${values}`, (name) =>
      this.initialisers.push({ name, shape: [values.length], data: { ints: values }, half: false }),
    );
  }

  private constant(key: string, add: (name: string) => void): string {
    let name = this.constants.get(key);
    if (name === undefined) {
      name = `constant_${this.constants.size}`;
      this.constants.set(key, name);
      add(name);
    }
    return name;
  }
}

/** ONNX's number of float32 (TensorProto.DataType). */
export const FLOAT = 1;
