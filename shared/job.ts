import { z } from 'zod';
import { StudyChoices } from './studyChoices';

const named = {
  id: z.string().min(1).optional(),
  patient: z.string().optional(),
  series: z.string().optional(),
  label: z.string().optional(),
  /** What is known of it by name; of a saved list, of all that it lists, where an entry does not say otherwise. */
  tags: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
};

/** One input of a job: a folder of DICOM, a saved list, one array, or one array for each input of the network. */
export const JobInput = z.union([
  z.strictObject({ study: z.string(), ...named, choices: StudyChoices.optional() }),
  z.strictObject({ database: z.string(), ...named }),
  z.strictObject({ array: z.string(), truth: z.string().optional(), ...named }),
  z.strictObject({ arrays: z.record(z.string(), z.string()), truth: z.string().optional(), ...named }),
]);
export type JobInput = z.infer<typeof JobInput>;

const NetworkRef = {
  network: z.string(),
  recipe: z.string().optional(),
  /** The recipe of training that it is a run of: networks of one group differ by their seed alone. */
  group: z.string().min(1).optional(),
};

/** `isolens/job@1`. Paths are relative to the job's file. `parameters` are checked by the analysis' own definition. */
export const Job = z.strictObject({
  schema: z.literal('isolens/job@1'),
  network: z.string().optional(),
  recipe: z.string().optional(),
  networks: z.record(z.string(), z.strictObject(NetworkRef)).optional(),
  inputs: z.array(JobInput),
  analyses: z.array(z.strictObject({ id: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) })),
});
export type Job = z.output<typeof Job>;

/** How far a run is. `done` of `total` count cost (forward passes), not positions. */
export const Progress = z.strictObject({
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  secondsLeft: z.number().nullable(),
  input: z.string().optional(),
});
export type Progress = z.infer<typeof Progress>;
