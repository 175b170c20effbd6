import type { Kept } from './kept';
import { isCensoring } from './measures';

/** One measure of one patient in each network: the mean of the patient's inputs, of yes or no yes only where all say so. */
export interface PatientValues {
  readonly patient: string;
  readonly database: string | null;
  readonly values: ReadonlyMap<string, number>;
}

export interface MeasureTable {
  readonly measure: string;
  readonly binary: boolean;
  readonly patients: readonly PatientValues[];
}

/** What came of one patient in one network so far. */
interface Running {
  readonly sum: number;
  readonly n: number;
  readonly all: boolean;
}

interface Sum {
  readonly database: string | null;
  readonly networks: Map<string, Running>;
}

/** One table a measure, its patients in the order in which they came. */
export function measureTables(inputs: Iterable<Kept>): MeasureTable[] {
  const tables = new Map<string, { binary: boolean; readonly patients: Map<string, Sum> }>();
  for (const { patient, database, measures } of inputs)
    for (const [measure, networks] of Object.entries(measures)) {
      const table = tables.get(measure) ?? { binary: false, patients: new Map<string, Sum>() };
      tables.set(measure, table);
      const own = table.patients.get(patient) ?? { database, networks: new Map<string, Running>() };
      table.patients.set(patient, own);
      for (const [name, value] of Object.entries(networks)) {
        if (value === null) continue;
        table.binary ||= typeof value === 'boolean';
        const before = own.networks.get(name) ?? { sum: 0, n: 0, all: true };
        own.networks.set(name, {
          sum: before.sum + Number(value),
          n: before.n + 1,
          all: before.all && Number(value) === 1,
        });
      }
    }
  return [...tables].map(([measure, { binary, patients }]) => ({
    measure,
    binary,
    patients: [...patients].map(([patient, { database, networks }]) => ({
      patient,
      database,
      values: new Map([...networks].map(([name, { sum, n, all }]) => [name, binary ? Number(all) : sum / n])),
    })),
  }));
}

/** A patient's two values. */
export interface Pair {
  readonly patient: string;
  readonly database: string | null;
  readonly before: number;
  readonly after: number;
}

/** Patients that both networks have. */
export const pairsOf = ({ patients }: MeasureTable, reference: string, network: string): Pair[] =>
  patients.flatMap(({ patient, database, values }) => {
    const [before, after] = [values.get(reference), values.get(network)];
    return before === undefined || after === undefined ? [] : [{ patient, database, before, after }];
  });

/** Values this close differ by rounding alone. */
export const difference = ({ before, after }: Pick<Pair, 'before' | 'after'>): number => {
  const apart = after - before;
  return Math.abs(apart) <= 1e-12 * Math.max(Math.abs(before), Math.abs(after)) ? 0 : apart;
};

export const isMeasure = ({ measure }: MeasureTable): boolean => !isCensoring(measure);
