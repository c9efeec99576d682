/** One named tensor in the authors' layout (NCHW: conv [out, in, kh, kw], dense [out, in], NIN [in, out]), float32 values. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The authors' state_dict: names to tensors, in file order. */
export type StateDict = ReadonlyMap<string, NamedTensor>;
