/** A graph as the bytes of an .onnx file: ONNX's protobuf messages, as far as a graph here has them (onnx.proto3, IR version 8). */
import protobuf from 'protobufjs/light';
import { checkedFloat16 } from '../formats/float16';
import { type Attribute, FLOAT, type Graph, type GraphNode, type Initialiser, type Port } from './graph';

/** The version of ONNX's operators that the graphs are written for. */
export const OPSET = 17;
const IR_VERSION = 8;
const PRODUCER = 'syndiff';
const INT64 = 7;
const FLOAT16 = 10;
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 };

const field = (id: number, type: string) => ({ id, type });
const list = (id: number, type: string) => ({ id, type, rule: 'repeated' });
const message = (fields: Record<string, ReturnType<typeof field>>) => ({ fields });

const ModelProto = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: field(1, 'int64'),
      producerName: field(2, 'string'),
      producerVersion: field(3, 'string'),
      docString: field(6, 'string'),
      graph: field(7, 'Graph'),
      opsetImport: list(8, 'OperatorSet'),
      metadataProps: list(14, 'Entry'),
    }),
    OperatorSet: message({ domain: field(1, 'string'), version: field(2, 'int64') }),
    Entry: message({ key: field(1, 'string'), value: field(2, 'string') }),
    Graph: message({
      node: list(1, 'Node'),
      name: field(2, 'string'),
      initializer: list(5, 'Tensor'),
      input: list(11, 'Port'),
      output: list(12, 'Port'),
    }),
    Node: message({
      input: list(1, 'string'),
      output: list(2, 'string'),
      name: field(3, 'string'),
      opType: field(4, 'string'),
      attribute: list(5, 'Attribute'),
      domain: field(7, 'string'),
    }),
    Attribute: message({
      name: field(1, 'string'),
      f: field(2, 'float'),
      i: field(3, 'int64'),
      s: field(4, 'bytes'),
      ints: list(8, 'int64'),
      type: field(20, 'int32'),
    }),
    Tensor: message({
      dims: list(1, 'int64'),
      dataType: field(2, 'int32'),
      name: field(8, 'string'),
      rawData: field(9, 'bytes'),
    }),
    Port: message({
      name: field(1, 'string'),
      type: field(2, 'Type'),
      docString: field(3, 'string'),
    }),
    Type: message({ tensorType: field(1, 'TensorType') }),
    TensorType: message({ elemType: field(1, 'int32'), shape: field(2, 'Shape') }),
    Shape: message({ dim: list(1, 'Dimension') }),
    Dimension: message({ dimValue: field(1, 'int64'), dimParam: field(2, 'string') }),
  },
}).lookupType('Model');

export interface ModelFacts {
  readonly producerVersion: string;
  /** The graph's name. */
  readonly name: string;
  /** What the model is, for people. */
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws BadRequest for a weight that float16 cannot hold */
export function modelFile(graph: Graph, facts: ModelFacts): Uint8Array<ArrayBuffer> {
  const domains = new Set(graph.nodes.map(({ domain }) => domain).filter((domain) => domain !== ''));
  const model = {
    irVersion: IR_VERSION,
    producerName: PRODUCER,
    producerVersion: facts.producerVersion,
    docString: facts.text,
    graph: {
      node: graph.nodes.map(nodeMessage),
      name: facts.name,
      initializer: graph.initialisers.map(tensorMessage),
      input: graph.inputs.map(portMessage),
      output: graph.outputs.map(portMessage),
    },
    opsetImport: [{ domain: '', version: OPSET }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
    metadataProps: Object.entries(facts.metadata).map(([key, value]) => ({ key, value })),
  };
  return Uint8Array.from(ModelProto.encode(model).finish());
}

/** Whether a file begins as the ones that `modelFile` writes. */
export function isOwnModelFile(bytes: Uint8Array): boolean {
  const begin = ModelProto.encode({ irVersion: IR_VERSION, producerName: PRODUCER }).finish();
  return begin.every((byte, i) => bytes[i] === byte);
}

function nodeMessage({ op, domain, inputs, outputs, attributes }: GraphNode) {
  return {
    input: inputs,
    output: outputs,
    name: outputs[0],
    opType: op,
    attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeMessage(value) })),
    ...(domain && { domain }),
  };
}

function attributeMessage(value: Attribute) {
  if (typeof value === 'number') return { i: value, type: ATTRIBUTE.int };
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: ATTRIBUTE.string };
  if ('float' in value) return { f: value.float, type: ATTRIBUTE.float };
  return { ints: value, type: ATTRIBUTE.ints };
}

function tensorMessage({ name, shape, data, half }: Initialiser) {
  const tensor = (dataType: number, values: ArrayBufferView) => ({
    dims: shape,
    dataType,
    name,
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  });
  if (!(data instanceof Float32Array)) return tensor(INT64, BigInt64Array.from(data.ints, BigInt));
  return half ? tensor(FLOAT16, checkedFloat16('onnx', name, data)) : tensor(FLOAT, data);
}

function portMessage({ name, shape, text }: Port) {
  const dim = shape.map((side) => (typeof side === 'string' ? { dimParam: side } : { dimValue: side }));
  return { name, docString: text, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
