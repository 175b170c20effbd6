import type { AnalysisDefinition } from '../../../shared/analysis/definition';
import type { JobInput } from '../../../shared/job';
import type { Recipe } from '../../../shared/recipe';
import type { AnalysisResult, InputResult, Warning } from '../../../shared/result';
import type { Volume } from '../../../shared/volume';
import type { LoadedNetwork, NetworkArray } from '../network/network';
import type { PreparedInput } from '../recipe/preparedInput';
import type { InputWriter } from '../result/inputWriter';
import type { Study } from '../study/study';

/** One input of the job, ready for the network, with what is known of its truth. */
export interface OpenInput {
  readonly prepared: PreparedInput;
  readonly spec: JobInput;
  /** null for arrays. */
  readonly study: Study | null;
  /** A classification's truth, one of the recipe's labels. */
  readonly label: string | null;
  /** The truth of an array input, if the job names one. */
  readonly truth: NetworkArray | null;
  /** What is known of it by name: DICOM attributes of its images by keyword, and what a database says of it, which wins. */
  readonly tags?: Readonly<Record<string, string | number>>;
}

export interface Context {
  readonly network: LoadedNetwork;
  /** null: an array job without one. */
  readonly recipe: Recipe | null;
  /** Bytes that tensors may take at once; batches follow from it. */
  readonly memoryBytes: number;
  readonly inputCount: number;
  /** How long one forward pass of one batch entry takes, where it was measured: other work is weighed against it in the progress. */
  readonly secondsAPass?: number;
  /** Opens a study that this analysis' parameters name (`studies` of its definition); absent outside a job. *Problems* those of reading it. */
  readonly studies?: (name: string) => Promise<FurtherStudy>;
  /** The networks that this analysis' parameters name (`networks` of its definition), by parameter. */
  readonly networks?: Readonly<Record<string, FurtherNetwork>>;
  /** What this analysis found of the network alone (`onNetwork`) or of all inputs together (`onEnd`); null where that failed. */
  readonly alone?: Part | null;
  /** At the end: what the parts of this run saved, by its path. *Problems* result/file-missing, result/file-unreadable. */
  readonly saved?: (path: string) => Promise<NetworkArray>;
  /** What an analysis that compares is handed, in the order in which the job names its networks. */
  readonly compared?: Compared;
  /** One of several networks that are compared is looked at: only what is read of its outputs is kept, for raw outputs are large and of no use there. */
  readonly isCompared?: boolean;
}

/** A study that is looked at beside the input. */
export interface FurtherStudy {
  readonly study: Study;
  readonly series: string | undefined;
  readonly patient: string;
}

/** One of the networks that are held against each other, with what the compared analyses found of it. */
export interface ComparedNetwork {
  readonly name: string;
  /** The recipe that it is a run of, as the job says; networks of one name differ by their seed alone. */
  readonly group?: string;
  readonly network: FurtherNetwork;
  readonly recipe: Recipe | null;
  /** Of the input that is looked at, by analysis; null where it failed. Empty at the end. */
  readonly parts: ReadonlyMap<string, Part | null>;
  /** Of all inputs, by analysis; empty before the end. */
  readonly results: ReadonlyMap<string, AnalysisResult>;
}

export interface Compared {
  readonly networks: readonly ComparedNetwork[];
  /** Ids of the compared analyses, in their order; those that were asked for and need inputs where there are none. */
  readonly analyses: readonly string[];
  readonly leftOut: readonly string[];
  /** What a part saved, by its path. */
  read(path: string): Promise<NetworkArray>;
}

/** A network that is looked at beside the one that runs: its weights, not its answers. */
export type FurtherNetwork = Pick<LoadedNetwork, 'sha256' | 'name' | 'graph'>;

/** What an exact shortcut leaves of an input's forward passes, planned before anything runs. */
export interface Forecast {
  /** What remains, as so many whole forward passes. */
  readonly passes: number;
  /** How many times less that is where it is used. */
  readonly gain: number;
  /** The first node behind which the whole map is computed anew each time; or null. */
  readonly wholeFrom: string | null;
}

export type Step =
  | {
      readonly kind: 'progress';
      /** Share of this input that is done, 0 … 1, by cost. */ readonly done: number;
      readonly stage: string;
    }
  | { readonly kind: 'partial'; readonly volumes: Readonly<Record<string, Volume<Float32Array>>> };

/** What one input leaves: its entry in results.json, and plain data (JSON) that the summary over inputs needs. */
export interface Part {
  readonly result: InputResult;
  readonly kept: unknown;
  /** True where the run was cancelled in the middle and `result` holds what was computed until then. */
  readonly partial?: boolean;
}

export interface Conclusion {
  readonly summary: AnalysisResult['summary'];
  readonly verdict: AnalysisResult['verdict'];
  readonly warnings?: readonly Warning[];
  /** Files of an input, by its id, that only the whole of the inputs decides on: they are added to its own. */
  readonly inputFiles?: Readonly<Record<string, InputResult['files']>>;
}

/**
 * One analysis. It sees one input at a time, so that memory does not grow with the database, and what it keeps of each is
 * folded in the job's order at the end: a run, its resumption and its shards give the same numbers.
 */
export interface Analysis<P = unknown> {
  readonly definition: AnalysisDefinition;
  /** Refuses an input to which the parameters that the job itself names cannot apply, whatever their values. *Problems* thrown as IsolensError. */
  accept?(input: OpenInput, given: ReadonlySet<string>): void;
  /** Forward passes (batch entries) that one input costs, for the estimate. */
  passes(input: OpenInput, context: Context, parameters: P): number;
  /** Null where every pass is run whole. May run the input once. */
  forecast?(input: OpenInput, context: Context, parameters: P, signal: AbortSignal): Promise<Forecast | null>;
  /** Seconds of one input's work beside its passes, roughly; left out where there is little of it. */
  besides?(input: OpenInput, context: Context, parameters: P): number;
  /**
   * What the network shows without any input, once a run and before its inputs. An analysis that has this needs none; the id and values of
   * the part's result are left empty, its files and warnings become the analysis' own.
   */
  onNetwork?(context: Context, parameters: P, writer: InputWriter, signal: AbortSignal): AsyncGenerator<Step, Part>;
  /** *Problems* thrown as IsolensError become the input's entry in `errors`; the others go on. On cancel it returns the part with `partial`. */
  onInput(
    input: OpenInput,
    context: Context,
    parameters: P,
    writer: InputWriter,
    signal: AbortSignal,
  ): AsyncGenerator<Step, Part>;
  /**
   * What only all inputs together decide on, once they are done: its part reaches `conclude` as `alone`, its files and warnings become the
   * analysis' own. Runs once for the shards of a job, when they are merged. Null where there is nothing to do. An analysis has this or `onNetwork`.
   */
  onEnd?(
    parts: readonly Part[],
    context: Context,
    parameters: P,
    writer: InputWriter,
    signal: AbortSignal,
  ): AsyncGenerator<Step, Part> | null;
  conclude(parts: readonly Part[], context: Context, parameters: P): Conclusion;
}
