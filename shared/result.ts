import { z } from 'zod';
import { Verdict } from './verdict';

/** A number, or with its 95 % interval over patients; null where it cannot be had (a warning says why). */
export const Figure = z.union([
  z.number(),
  z.strictObject({ value: z.number(), ci95: z.tuple([z.number(), z.number()]) }),
  z.null(),
]);
export type Figure = z.infer<typeof Figure>;

/** What fills the sentence of a code, so that it can be said in another language. */
const FactsOfCode = z.record(z.string(), z.union([z.string(), z.number()]));

export const Warning = z.strictObject({ code: z.string(), message: z.string(), facts: FactsOfCode.optional() });
export type Warning = z.infer<typeof Warning>;

export const ErrorEntry = z.strictObject({
  code: z.string(),
  message: z.string(),
  wayOn: z.string(),
  facts: FactsOfCode.optional(),
  where: z.strictObject({
    input: z.string().optional(),
    file: z.string().optional(),
    node: z.string().optional(),
    key: z.string().optional(),
    network: z.string().optional(),
  }),
});
export type ErrorEntry = z.infer<typeof ErrorEntry>;

export const Backend = z.strictObject({
  rung: z.enum(['gpu', 'native', 'wasm']),
  versions: z.record(z.string(), z.string()),
  threads: z.number().int(),
  flags: z.record(z.string(), z.string()).optional(),
  /** Why a higher rung is not in use, one line each. */
  refused: z.array(z.string()).optional(),
});
export type Backend = z.infer<typeof Backend>;

/** Paths relative to results.json; a name may hold a path, or a table of paths by name. */
const Files = z.record(
  z.string(),
  z.union([z.string(), z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))]),
);

export const InputResult = z.strictObject({
  id: z.string(),
  values: z.record(z.string(), z.unknown()),
  files: Files,
  warnings: z.array(Warning),
});
export type InputResult = z.infer<typeof InputResult>;

export const AnalysisResult = z.strictObject({
  id: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  verdict: Verdict.nullable(),
  summary: z.record(z.string(), z.unknown()),
  inputs: z.array(InputResult),
  /** Of the network alone, whatever the inputs. */
  files: Files.optional(),
  warnings: z.array(Warning).optional(),
  /** True where the run was cancelled and holds only what was computed until then. */
  partial: z.boolean().optional(),
});
export type AnalysisResult = z.infer<typeof AnalysisResult>;

/** Which of how many parts of a job a run was, counted from 1. */
export const Shard = z.strictObject({ index: z.number().int().min(1), count: z.number().int().min(1) });
export type Shard = z.infer<typeof Shard>;

/** `isolens/results@1`: what a run leaves beside its maps. */
export const Results = z.strictObject({
  schema: z.literal('isolens/results@1'),
  isolens: z.string(),
  backend: Backend.nullable(),
  job: z.unknown(),
  shard: Shard.optional(),
  network: z.strictObject({ sha256: z.string(), name: z.string().optional() }).nullable(),
  seconds: z.number(),
  analyses: z.array(AnalysisResult),
  errors: z.array(ErrorEntry),
  warnings: z.array(Warning).optional(),
});
export type Results = z.infer<typeof Results>;
