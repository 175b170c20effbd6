import type { DatabaseComparison, DatabaseLayer, DatabaseTest } from '../../../../shared/analysis/compareDatabases';
import { fisherExact, fisherLeast } from '../statistics/contingency';
import { energyTest, standardised } from '../statistics/energyDistance';
import { mannWhitney } from '../statistics/mannWhitney';
import { benjaminiHochberg, holm } from '../statistics/multiplicity';
import { shiftBetween } from '../statistics/shiftBetween';
import { countedNodes, silencesOf, type ComparedMaps } from './channels';
import type { Kept } from './kept';
import { measureOf } from './measures';
import { isMeasure, measureTables, type MeasureTable } from './paired';
import { meansOf, noMeans, rowsOf } from './patientMeans';

const level = 0.05;
/** Distances of all pairs are held: larger lists are thinned out evenly, each for itself. */
const mostPatients = 300;

/** The list that each patient belongs to, in the job's order; `shared` are those whom several name. */
export interface Membership {
  readonly databases: readonly string[];
  readonly of: ReadonlyMap<string, string>;
  readonly shared: ReadonlySet<string>;
}

/** null unless the inputs come from two lists or more. */
export function membershipOf(inputs: Iterable<Kept>): Membership | null {
  const of = new Map<string, string>();
  const shared = new Set<string>();
  const databases = new Set<string>();
  for (const { patient, database } of inputs) {
    if (database === null) continue;
    databases.add(database);
    if ((of.get(patient) ?? database) !== database) shared.add(patient);
    of.set(patient, database);
  }
  for (const patient of shared) of.delete(patient);
  return databases.size < 2 ? null : { databases: [...databases], of, shared };
}

/** Smallest p that Mann and Whitney's test can give. */
function leastOf(n: number, m: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(n, m); i++) ways = (ways * (n + m - i + 1)) / i;
  return Math.min(1, 2 / ways);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Tested = Omit<DatabaseTest, 'holm'>;
type Pair = readonly [first: string, other: string];

function testOf(table: MeasureTable, network: string, pair: Pair, { of }: Membership): Tested | null {
  const [first = [], other = []] = pair.map((database) =>
    table.patients.flatMap(({ patient, values }) => {
      const value = values.get(network);
      return value === undefined || of.get(patient) !== database ? [] : [value];
    }),
  );
  if (first.length === 0 || other.length === 0) return null;
  const { said, unit } = measureOf(table.measure);
  const head = {
    analysis: table.measure.split('/')[0] ?? '',
    ...{ measure: table.measure, said, unit, network },
    databases: [first, other].map((values, at) => ({
      database: pair[at] ?? '',
      patients: values.length,
      mean: mean(values),
    })),
  };
  if (!table.binary) {
    const shift = shiftBetween(first, other);
    return {
      ...head,
      kind: 'mann-whitney',
      effect: shift?.ci95 ? { value: shift.value, ci95: [shift.ci95[0], shift.ci95[1]] } : (shift?.value ?? null),
      p: mannWhitney(first, other),
      cannotDecide: leastOf(first.length, other.length) > level,
    };
  }
  const [yes, also] = [first, other].map((values) => values.filter((value) => value === 1).length) as [number, number];
  return {
    ...head,
    kind: 'fisher',
    effect: mean(other) - mean(first),
    p: fisherExact([
      [yes, first.length - yes],
      [also, other.length - also],
    ]),
    cannotDecide: fisherLeast(first.length, other.length, yes + also) > level,
  };
}

/** Channels silent in patients of one list more than in those of the other. What could not show it is no test. */
function silentChannels(
  silent: ReadonlyMap<string, Uint8Array>,
  channels: number,
  groups: readonly (readonly string[])[],
): Pick<DatabaseLayer, 'channels' | 'tested'> {
  const [n, m] = groups.map((patients) => patients.length) as [number, number];
  const tested: { channel: number; silentPatients: number[]; p: number }[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const [a, b] = groups.map(
      (patients) => patients.filter((patient) => silent.get(patient)?.[channel] === 1).length,
    ) as [number, number];
    if (fisherLeast(n, m, a + b) > level / channels) continue;
    const p = fisherExact([
      [a, n - a],
      [b, m - b],
    ]);
    tested.push({ channel, silentPatients: [a, b], p });
  }
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  return {
    tested: tested.length,
    channels: tested.map((row, at) => ({ ...row, adjusted: adjusted[at] ?? 1 })).filter((row) => row.adjusted <= level),
  };
}

const thinned = (patients: readonly string[]): readonly string[] => {
  const every = Math.ceil(patients.length / mostPatients);
  return patients.filter((_, at) => at % every === 0);
};

function layersOf(
  all: readonly ComparedMaps[],
  reference: ComparedMaps,
  pairs: readonly Pair[],
  { of }: Membership,
  each: () => Iterable<Kept>,
): Omit<DatabaseLayer, 'holm'>[] {
  const names = all.map(({ name }) => name);
  const means = meansOf(names, each());
  const silences = silencesOf(names, each());
  return [...countedNodes(reference.layers.values()).values()].flatMap(({ node, channels }) =>
    all.flatMap((maps) =>
      pairs.flatMap((pair): Omit<DatabaseLayer, 'holm'>[] => {
        const own = maps.nodeFor(node);
        const known = own === undefined ? noMeans() : (means.get(maps.name)?.get(own) ?? noMeans());
        const groups = pair.map((database) => [...known.keys()].filter((patient) => of.get(patient) === database));
        const chosen = groups.map(thinned);
        const patients = chosen.flat();
        const isFirst = patients.map((_, at) => at < (chosen[0]?.length ?? 0));
        const test = energyTest(
          standardised(rowsOf(patients, known)),
          isFirst,
          `${node} ${maps.name} ${pair.join(' ')}`,
        );
        if (!test || own === undefined) return [];
        return [
          {
            node,
            network: maps.name,
            databases: groups.map((group, at) => ({ database: pair[at] ?? '', patients: group.length })),
            distance: test.distance,
            p: test.p,
            exact: test.exact,
            cannotDecide: test.least > level,
            ...silentChannels(silences.get(maps.name)?.of(own) ?? new Map(), channels.length, groups),
          },
        ];
      }),
    ),
  );
}

/**
 * What two lists of other patients do to each network: every measure (Mann and Whitney, or Fisher), every layer (energy distance) and its
 * silent channels. The lists after the first are held against it. null unless the inputs come from two.
 */
export function databasesOf(
  all: readonly ComparedMaps[],
  reference: ComparedMaps,
  each: () => Iterable<Kept>,
): DatabaseComparison | null {
  const membership = membershipOf(each());
  if (!membership) return null;
  const { databases, of, shared } = membership;
  const [first = '', ...others] = databases;
  const pairs = others.map((other): Pair => [first, other]);
  const counted = new Map(databases.map((database) => [database, { patients: new Set<string>(), inputs: 0 }]));
  for (const { patient, database } of each()) {
    const own = counted.get(database ?? '');
    if (!own) continue;
    own.inputs++;
    if (of.has(patient)) own.patients.add(patient);
  }
  const tested = measureTables(each())
    .filter(isMeasure)
    .flatMap((table) =>
      all.flatMap(({ name }) => pairs.flatMap((pair) => testOf(table, name, pair, membership) ?? [])),
    );
  const layers = layersOf(all, reference, pairs, membership, each);
  const ofTests = holm(tested.map(({ p }) => p));
  const ofLayers = holm(layers.map(({ p }) => p));
  return {
    databases: [...counted].map(([database, { patients, inputs }]) => ({ database, patients: patients.size, inputs })),
    shared: shared.size,
    tests: tested.map((test, at) => ({ ...test, holm: ofTests[at] ?? 1 })),
    layers: layers.map((layer, at) => ({ ...layer, holm: ofLayers[at] ?? 1 })),
  };
}
