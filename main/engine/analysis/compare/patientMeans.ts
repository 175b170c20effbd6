import type { Rows } from '../statistics/kernelAlignment';
import type { Kept } from './kept';

/** Mean of the maps by patient: of the patient's inputs that have one. */
export type Means = Map<string, { readonly sum: Float64Array; n: number }>;

export const noMeans = (): Means => new Map<string, { readonly sum: Float64Array; n: number }>();

/** Streams over inputs: by network, then by node as that network calls it. */
export function meansOf(names: readonly string[], inputs: Iterable<Kept>): Map<string, Map<string, Means>> {
  const all = new Map(names.map((name) => [name, new Map<string, Means>()]));
  for (const { patient, answers } of inputs)
    for (const name of names)
      for (const [node, { means }] of Object.entries(answers[name] ?? {})) {
        if (means.some((value) => value === null)) continue;
        const nodes = all.get(name) as Map<string, Means>;
        const patients = nodes.get(node) ?? noMeans();
        nodes.set(node, patients);
        const own = patients.get(patient) ?? { sum: new Float64Array(means.length), n: 0 };
        patients.set(patient, own);
        means.forEach((value, c) => {
          own.sum[c] = (own.sum[c] as number) + (value as number);
        });
        own.n++;
      }
  return all;
}

/** One row a patient, one column a channel. */
export function rowsOf(patients: readonly string[], means: Means): Rows {
  const features = means.values().next().value?.sum.length ?? 0;
  const values = new Float64Array(patients.length * features);
  patients.forEach((patient, i) => {
    const own = means.get(patient);
    own?.sum.forEach((sum, f) => {
      values[i * features + f] = sum / own.n;
    });
  });
  return { n: patients.length, features, values };
}
