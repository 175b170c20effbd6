import { z } from 'zod';
import { Words } from '../verdict';

const number = z.number();

/** Networks that the job says are runs of one recipe, each from another seed. */
const RunGroup = z.strictObject({
  group: z.string(),
  networks: z.array(z.string()),
  /** Networks of it whose weights are not those of another one. */
  different: z.number().int(),
});
export type RunGroup = z.infer<typeof RunGroup>;

/** One measure of two recipes: is their difference larger than what retraining alone gives? */
const RunTest = z.strictObject({
  analysis: z.string(),
  measure: z.string(),
  said: Words,
  unit: z.string(),
  group: z.string(),
  reference: z.string(),
  /** Patients that every run of both recipes has. */
  patients: z.number().int(),
  /** The measure of each run, a mean over those patients. */
  values: z.record(z.string(), z.number()),
  /** Mean over the runs of `group` minus that over those of `reference`. */
  difference: z.number(),
  /** The largest difference between two runs of one recipe. */
  spread: z.number(),
  /** Wilcoxon's p over patients, each with the mean over its runs; and Holm's over these tests. */
  p: number,
  holm: number,
  /** It exceeds the spread, and the patients bear it out. */
  attributed: z.boolean(),
});
export type RunTest = z.infer<typeof RunTest>;

export const Runs = z.strictObject({ groups: z.array(RunGroup), tests: z.array(RunTest) });
export type Runs = z.infer<typeof Runs>;
