import type { Description, Format } from '../../../shared/network';
import type { NetworkGraph } from './graph';

/** Values as they enter and leave a network. *Shape* with the batch axis first and channels last, C order. */
export interface NetworkArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A node's output, after its own activation or before it (`preActivation`; the node's normalisation included). */
export interface Fetch {
  readonly node: string;
  readonly stage: 'output' | 'preActivation';
}

/** A half-open box of voxels, tensor order: one entry a spatial axis, none for a vector. */
export interface VoxelBox {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** What is hidden in, and what is read while something is hidden. */
export interface OcclusionQuestion {
  /** The intact input, all its batch entries. */
  readonly inputs: Readonly<Record<string, NetworkArray>>;
  /** The input that is hidden in, by its name. */
  readonly hiddenIn: string;
  readonly fetch: Fetch;
  /** The box of the fetched map that counts; null: all of it. */
  readonly region: VoxelBox | null;
  readonly budgetBytes: number;
}

/** A box of one batch entry, and what stands there instead: *Shape* the box's sizes, then channels. */
export interface HiddenPlace {
  readonly entry: number;
  readonly box: VoxelBox;
  readonly values: Float32Array;
}

/** The fetched values that a hidden place may have changed. A box of null: none of those that count. */
export interface HiddenOutcome {
  /** The place's number among those asked for. */
  readonly place: number;
  readonly box: VoxelBox | null;
  /** *Shape* the box's sizes, then channels. */
  readonly values: Float32Array;
}

/** What hiding will cost, known before anything runs. */
export interface OcclusionForecast {
  /** How many times less than running the whole network for each place, by the cost model. */
  readonly gain: number;
  /** The first node behind which the whole map is computed anew for each place, as it mixes all of a map; or null. */
  readonly wholeFrom: string | null;
  /** Multiply-adds of the whole network for one place, and what is computed of it on average. */
  readonly macs: number;
  readonly macsHidden: number;
}

/** Answers what places hide, exactly, computing only what they can change. Close it to free its maps. */
export interface Occluder {
  /** Of the whole fetched map of one entry: its spatial sizes, then channels. */
  readonly shape: readonly number[];
  forecast(places: readonly Pick<HiddenPlace, 'entry' | 'box'>[]): OcclusionForecast;
  /** The values of `region` with nothing hidden, computed as the hidden ones are. */
  intact(entry: number, signal?: AbortSignal): Promise<Float32Array>;
  /**
   * Outcomes in an order of its own; `done` is the share of the cost. *Problems* engine/cancelled, network/out-of-memory.
   */
  hide(
    places: readonly HiddenPlace[],
    signal?: AbortSignal,
  ): AsyncGenerator<{ readonly done: number; readonly outcomes: readonly HiddenOutcome[] }, void>;
  close(): void;
}

/** What a gradient is of, and with respect to what. */
export interface GradientQuestion {
  readonly inputs: Readonly<Record<string, NetworkArray>>;
  readonly fetch: Fetch;
  /** From the fetched values, dScalar/dFetched, same shape: the scalar is any function of the fetched values, summed over the batch. */
  readonly cotangent: (fetched: NetworkArray) => Float32Array;
  /** Inputs (by input name) and nodes to differentiate by: a node's own output, its activation included. */
  readonly wrt: readonly string[];
}

/** The fetched values, and under each name of `wrt` dScalar/d(its values), in the shape of those values. */
export interface GradientAnswer {
  readonly fetched: NetworkArray;
  readonly gradients: ReadonlyMap<string, NetworkArray>;
}

/** A network read from its files and ready to run. Close it to free its weights. */
export interface LoadedNetwork {
  /** SHA-256 over its files. */
  readonly sha256: string;
  readonly name: string;
  readonly format: Format;
  readonly graph: NetworkGraph;
  readonly description: Description;
  /**
   * The fetched values for one batch, keyed by `node` or `node:preActivation`. Inputs are keyed by input name; a network
   * with one input takes it under its only name. Between native calls the signal is looked at and the event loop gets a turn.
   * With a budget, what would hold more bytes than that is run in parts: the same values, each map's rows let go when they have been read.
   * *Problems* network/input-mismatch, network/cannot-run (an unknown node lies before the fetched one), network/out-of-memory, engine/cancelled.
   */
  run(
    inputs: Readonly<Record<string, NetworkArray>>,
    fetches: readonly Fetch[],
    signal?: AbortSignal,
    budgetBytes?: number,
  ): Promise<ReadonlyMap<string, NetworkArray>>;
  /** Largest batch of inputs of this shape (batch axis left out) that keeps within the byte budget; at least 1. */
  batchFor(shape: readonly number[], budgetBytes: number): number;
  /** Null where only whole runs can answer: without the native library, or where the intact maps exceed the budget. */
  readonly occluder?: (question: OcclusionQuestion) => Promise<Occluder | null>;
  /**
   * The gradient of a scalar of the fetched values by backpropagation through the graph; one that does not reach the
   * scalar is zero. Absent without the native library and for a black box.
   * *Problems* network/cannot-differentiate {node, op}, and those of `run`.
   */
  readonly gradient?: (question: GradientQuestion, signal?: AbortSignal) => Promise<GradientAnswer>;
  /**
   * The same network with other weights, new arrays by those of its graph: whoever asks closes it. Its description and hash stay those of the file.
   * Absent for a black box.
   */
  readonly withWeights?: (values: ReadonlyMap<Float32Array, Float32Array>) => LoadedNetwork;
  close(): void;
}
