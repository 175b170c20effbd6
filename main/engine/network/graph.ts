/** Sizes with the batch axis first and channels last; null where free. */
export type Shape = readonly (number | null)[];

/** One array of a node, in the canonical layout: kernels `[k…, in, out]`, vectors `[out]`. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * A vertex of the graph: one layer or operation of the file, by its own name. `op` belongs to the closed set of
 * `operation/`, or is `unknown` (then `attributes.fileOp` names what the file says). `attributes` are plain data.
 */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly weights: readonly Weight[];
  /** null behind an unknown node. */
  readonly outputShape: Shape | null;
}

/** For each axis of ours the file's, where a file has its channels elsewhere than at the end. */
export interface AxesInFile {
  readonly fileAxes?: readonly number[];
}

/** Plain data: nodes in topological order, names unique, sub-models as `outer/inner`. */
export interface NetworkGraph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ({ readonly name: string; readonly node: string; readonly shape: Shape } & AxesInFile)[];
  readonly outputs: readonly ({
    readonly name: string;
    readonly node: string;
    readonly shape: Shape | null;
  } & AxesInFile)[];
}
