import type { z } from 'zod';
import type { Words } from '../words';

/**
 * What everyone needs to know of an analysis without running it: form, command line, report, published schema and result
 * follow from it. Parameters carry `.meta({ label, help, unit, control })` in both languages.
 */
export interface AnalysisDefinition<
  Id extends string = string,
  Parameters extends z.ZodType = z.ZodType,
  Values extends z.ZodType = z.ZodType,
  Summary extends z.ZodType = z.ZodType,
> {
  readonly id: Id;
  /** Raised whenever the same parameters would give other numbers: part of the cache's key. */
  readonly version: number;
  readonly name: Words;
  /** The physicist's question that it answers. */
  readonly question: Words;
  /** Paper and section that the formulas come from. */
  readonly source: string;
  /** It looks at the network alone: the window asks it of no study, and a job needs no inputs for it. */
  readonly ofNetwork?: true;
  /** It holds several networks against each other: the job names them in `networks`, and runs what its `analyses` ask for each. */
  readonly compares?: true;
  /** Parameters that are paths of further networks: the job room opens them. */
  readonly networks?: readonly string[];
  /** Studies beside the input that its parameters name, an input's id or a folder each: the job room opens them. */
  studies?(parameters: z.output<Parameters>): readonly string[];
  readonly parameters: Parameters;
  /** `values` of one input, and `summary` over inputs, of results.json. */
  readonly values: Values;
  readonly summary: Summary;
}

export const defineAnalysis = <const Id extends string, P extends z.ZodType, V extends z.ZodType, S extends z.ZodType>(
  definition: AnalysisDefinition<Id, P, V, S>,
): AnalysisDefinition<Id, P, V, S> => definition;

/** What a parameter says of itself to the form: `z.….meta(field({…}))`. */
export interface Field {
  readonly label: Words;
  readonly help: Words;
  readonly unit?: string;
  readonly control:
    | 'length'
    | 'number'
    | 'choice'
    | 'choices'
    | 'nodes'
    | 'target'
    | 'text'
    | 'voxels'
    | 'families'
    | 'analyses'
    | 'network'
    | 'structures';
}
export const field = (f: Field): Record<string, unknown> => ({ ...f });
