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
   * *Problems* network/input-mismatch, network/cannot-run (an unknown node lies before the fetched one), engine/cancelled.
   */
  run(
    inputs: Readonly<Record<string, NetworkArray>>,
    fetches: readonly Fetch[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, NetworkArray>>;
  /** Largest batch of inputs of this shape (batch axis left out) that keeps within the byte budget; at least 1. */
  batchFor(shape: readonly number[], budgetBytes: number): number;
  close(): void;
}
