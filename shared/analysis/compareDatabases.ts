import { z } from 'zod';
import { Figure } from '../result';
import { Words } from '../verdict';

const number = z.number();
const whole = z.number().int();

/** One measure of one network in the patients of two lists. Its patients are others, so nothing is paired. */
const DatabaseTest = z.strictObject({
  analysis: z.string(),
  measure: z.string(),
  said: Words,
  unit: z.string(),
  network: z.string(),
  kind: z.enum(['fisher', 'mann-whitney']),
  /** Patients of each list, and the mean of the measure over them (of yes or no: the share). */
  databases: z.array(z.strictObject({ database: z.string(), patients: whole, mean: z.number() })).length(2),
  /** Second − first: Hodges and Lehmann's shift between two groups, of yes or no the difference of shares. */
  effect: Figure,
  p: z.number(),
  /** Holm's p over all measures, networks and pairs of lists. */
  holm: z.number(),
  /** Too few patients to reach 0.05 whatever they say. */
  cannotDecide: z.boolean(),
});
export type DatabaseTest = z.infer<typeof DatabaseTest>;

/** How a layer answers to the patients of two lists: all its channels at once, the mean of each map a patient. */
const DatabaseLayer = z.strictObject({
  node: z.string(),
  network: z.string(),
  databases: z.array(z.strictObject({ database: z.string(), patients: whole })).length(2),
  /** Energy distance of the channels over their spread; 0: alike. */
  distance: number,
  /** Patients dealt anew into two groups: all ways, or 999 of them. */
  p: number,
  exact: z.boolean(),
  holm: number,
  cannotDecide: z.boolean(),
  /** Channels that are silent in patients of one list more often than in those of the other (Fisher, Benjamini and Hochberg in the layer). */
  channels: z.array(
    z.strictObject({ channel: whole, silentPatients: z.array(whole).length(2), p: z.number(), adjusted: z.number() }),
  ),
  /** Channels that could have shown it at all. */
  tested: whole,
});
export type DatabaseLayer = z.infer<typeof DatabaseLayer>;

/** Two or more lists held against each other, network by network; the first one named is what the others are held against. */
export const DatabaseComparison = z.strictObject({
  databases: z.array(z.strictObject({ database: z.string(), patients: whole, inputs: whole })),
  /** Patients that several lists name: they are in none of the tests. */
  shared: whole,
  tests: z.array(DatabaseTest),
  layers: z.array(DatabaseLayer),
});
export type DatabaseComparison = z.infer<typeof DatabaseComparison>;
