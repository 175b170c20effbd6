import type { RobustnessStep } from '../../../../shared/analysis/robustness';
import type { Warning } from '../../../../shared/result';
import type { Fetch, NetworkArray } from '../../network/network';
import type { DegradedInput } from './subject';

/** What the network says of one input in one state, and whether that is right. */
export interface State extends Omit<
  RobustnessStep,
  'severity' | 'rightShare' | 'confidentWrongShare' | 'flippedShare' | 'draws'
> {
  /** Scores before the softmax, of a classifier, by label; null where they cannot be had. */
  readonly logits?: readonly number[] | null;
}

/** A scalar of the answer that an attack makes smaller, with its slope by the fetched values. */
export interface AttackScore {
  readonly fetch: Fetch;
  value(fetched: Piece): number;
  cotangent(fetched: Piece): Float32Array;
  /** What the value of so many batch entries counts for in that of all. */
  weight(entries: number, all: number): number;
}

/** Fetched values of some batch entries, the first of them being entry `from` of the input. */
export type Piece = NetworkArray & { readonly from?: number };

/** Holds answers against what is known, the same for the clean and every degraded state of one input. */
export interface Judge {
  readonly kind: 'classification' | 'segmentation' | 'regression';
  /** What is read of the network besides nothing else. */
  readonly fetches: readonly Fetch[];
  readonly truth: string | null;
  readonly clean: State;
  readonly warnings: readonly Warning[];
  state(outputs: Outputs, input: DegradedInput): State;
  /** The answer is not that of the clean input any more. */
  flipped(state: State): boolean;
  /** The margins to every other class, likeliest first: of a classifier with scores. */
  readonly rivals?: readonly AttackScore[];
  /** Null where an attack has nothing to take a gradient of. */
  readonly attack: AttackScore | null;
}

/** Fetched values by node, or by `node:preActivation`. */
export type Outputs = ReadonlyMap<string, NetworkArray>;
