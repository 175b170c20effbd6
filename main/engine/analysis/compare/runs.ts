import type { RunGroup, Runs, RunTest } from '../../../../shared/analysis/compareRuns';
import type { ComparedNetwork } from '../analysis';
import { holm } from '../statistics/multiplicity';
import { signedRank } from '../statistics/wilcoxon';
import type { Kept } from './kept';
import { measureOf } from './measures';
import { difference, isMeasure, measureTables } from './paired';

const level = 0.05;
/** Runs of a recipe from which on their spread is taken for that of retraining. *Source* methods §1.6. */
export const fewestRuns = 3;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spreadOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

/** The recipes that the job names, each with its networks in the job's order. The same file twice is one run. */
export function runGroupsOf(networks: readonly ComparedNetwork[]): RunGroup[] {
  const groups = new Map<string, ComparedNetwork[]>();
  for (const network of networks)
    if (network.group !== undefined) groups.set(network.group, [...(groups.get(network.group) ?? []), network]);
  return [...groups].map(([group, own]) => ({
    group,
    networks: own.map(({ name }) => name),
    different: new Set(own.map(({ network }) => network.sha256)).size,
  }));
}

/** One network a file: a copy adds nothing to a spread. */
function runsOf(networks: readonly ComparedNetwork[], group: string): string[] {
  const seen = new Set<string>();
  return networks.flatMap(({ name, network, group: own }) => {
    if (own !== group || seen.has(network.sha256)) return [];
    seen.add(network.sha256);
    return [name];
  });
}

/**
 * Each measure of two recipes with three runs or more: their difference beside the largest difference between two runs of one recipe. The
 * runs are the unit of the spread, the patients that of the test; a difference must pass both. The recipe of `reference` is held against the
 * others; where it has none, the first one that is named.
 */
export function runsComparison(
  networks: readonly ComparedNetwork[],
  reference: ComparedNetwork,
  each: () => Iterable<Kept>,
): Runs {
  const groups = runGroupsOf(networks);
  const enough = groups.filter(({ different }) => different >= fewestRuns);
  const held = enough.find(({ group }) => group === reference.group) ?? enough[0];
  if (!held || enough.length < 2) return { groups, tests: [] };
  const own = runsOf(networks, held.group);
  const tests = measureTables(each())
    .filter(isMeasure)
    .flatMap((table) =>
      enough
        .filter(({ group }) => group !== held.group)
        .flatMap(({ group }): Omit<RunTest, 'holm' | 'attributed'>[] => {
          const theirs = runsOf(networks, group);
          const all = [...own, ...theirs];
          const patients = table.patients.filter(({ values }) => all.every((name) => values.has(name)));
          if (patients.length === 0) return [];
          const valueOf = (name: string): number => mean(patients.map(({ values }) => values.get(name) as number));
          const values = Object.fromEntries(all.map((name) => [name, valueOf(name)]));
          const of = (names: readonly string[]): number[] => names.map((name) => values[name] as number);
          const differences = patients.map(({ values: patient }) => {
            const meanOver = (names: readonly string[]): number =>
              mean(names.map((name) => patient.get(name) as number));
            return difference({ before: meanOver(own), after: meanOver(theirs) });
          });
          const { said, unit } = measureOf(table.measure);
          return [
            {
              analysis: table.measure.split('/')[0] ?? '',
              ...{ measure: table.measure, said, unit, group, reference: held.group, values },
              patients: patients.length,
              difference: mean(of(theirs)) - mean(of(own)),
              spread: Math.max(spreadOf(of(own)), spreadOf(of(theirs))),
              p: signedRank(differences).p,
            },
          ];
        }),
    );
  const corrected = holm(tests.map(({ p }) => p));
  return {
    groups,
    tests: tests.map((test, at) => {
      const adjusted = corrected[at] ?? 1;
      const beyond = Math.abs(test.difference) > test.spread;
      return { ...test, holm: adjusted, attributed: beyond && adjusted <= level };
    }),
  };
}
