import type { Likeness, LikenessRow } from '../../../../shared/analysis/compare';
import type { Figure } from '../../../../shared/result';
import { bestAssignment } from '../statistics/assignment';
import { drawsOf } from '../statistics/draws';
import { biasedCka, centred, debiasedCka, kernelOf, shuffled, type Rows } from '../statistics/kernelAlignment';
import { procrustes } from '../statistics/procrustes';
import { quantileSorted } from '../statistics/quantile';
import { studentQuantile } from '../statistics/studentT';
import { countedNodes, type ComparedMaps } from './channels';
import type { Kept } from './kept';
import { meansOf, noMeans, rowsOf } from './patientMeans';

/** Methods' smallest n of HSIC₁, of an interval, and of an order of channels. */
const fewest = 4;
export const fewestForInterval = 10;
const permutations = 199;
/** Larger layers are left without what costs n³. */
export const mostChannels = 256;
const mostPatients = 400;

/** Leaves groups of patients out in turn: an interval that counts patients. *Source* Efron & Tibshirani 1993, chapter 11. */
function intervalOf(value: number, k: Float64Array, l: Float64Array, n: number): Figure {
  if (n < fewestForInterval) return value;
  const groups = Math.min(n, 20);
  const left = Array.from({ length: groups }, (_, g) => {
    const kept = Array.from({ length: n }, (__, i) => i).filter((i) => i % groups !== g);
    const part = (kernel: Float64Array): Float64Array =>
      Float64Array.from({ length: kept.length ** 2 }, (__, at) => {
        const [i, j] = [kept[Math.floor(at / kept.length)] ?? 0, kept[at % kept.length] ?? 0];
        return kernel[i * n + j] as number;
      });
    return debiasedCka(part(k), part(l), kept.length) ?? value;
  });
  const mean = left.reduce((sum, own) => sum + own, 0) / groups;
  const variance = ((groups - 1) / groups) * left.reduce((sum, own) => sum + (own - mean) ** 2, 0);
  const half = studentQuantile(0.975, groups - 1) * Math.sqrt(variance);
  return { value, ci95: [value - half, Math.min(1, value + half)] };
}

/** Correlation over patients of every channel of one with every channel of the other; a channel that never varies goes with none. */
export function correlations(x: Rows, y: Rows, order: readonly number[]): Float64Array {
  const unit = (rows: Rows): Rows => {
    const own = centred(rows);
    for (let f = 0; f < own.features; f++) {
      let square = 0;
      for (let i = 0; i < own.n; i++) square += (own.values[i * own.features + f] as number) ** 2;
      const norm = square > 0 ? Math.sqrt(square) : Infinity;
      for (let i = 0; i < own.n; i++)
        own.values[i * own.features + f] = (own.values[i * own.features + f] as number) / norm;
    }
    return own;
  };
  const [a, b] = [unit(x), unit(y)];
  const all = new Float64Array(a.features * b.features);
  for (let i = 0; i < a.n; i++)
    for (let f = 0; f < a.features; f++)
      for (let g = 0; g < b.features; g++) {
        const at = f * b.features + g;
        all[at] =
          (all[at] as number) +
          (a.values[i * a.features + f] as number) * (b.values[(order[i] as number) * b.features + g] as number);
      }
  return all;
}

interface Orders {
  readonly sameOrder: number | null;
  readonly bestOrder: number | null;
  readonly bestOrderByChance: number | null;
}

/** Channels by their numbers, and in the one-to-one order that goes together best. *Source* Li 2016; Kuhn 1955. */
function ordersOf(x: Rows, y: Rows, chance: readonly number[]): Orders {
  const { n, features } = x;
  if (n < fewestForInterval || features !== y.features || features > mostChannels || features < 2)
    return { sameOrder: null, bestOrder: null, bestOrderByChance: null };
  const same = Array.from({ length: n }, (_, i) => i);
  const meanOf = (gains: Float64Array, columns: ArrayLike<number>): number => {
    let sum = 0;
    for (let f = 0; f < features; f++) sum += gains[f * features + (columns[f] as number)] as number;
    return sum / features;
  };
  const gains = correlations(x, y, same);
  const byChance = correlations(x, y, chance);
  return {
    sameOrder: meanOf(
      gains,
      Array.from({ length: features }, (_, f) => f),
    ),
    bestOrder: meanOf(gains, bestAssignment(gains, features)),
    bestOrderByChance: meanOf(byChance, bestAssignment(byChance, features)),
  };
}

/** How alike two layers answer to the same patients. null below 4 of them or where one of the layers never varies. */
export function likenessOf(x: Rows, y: Rows, purpose: string): Likeness | null {
  const { n } = x;
  if (n < fewest || n > mostPatients) return null;
  const [k, l] = [kernelOf(centred(x)), kernelOf(centred(y))];
  const value = debiasedCka(k, l, n);
  if (value === null) return null;
  const draws = drawsOf(1, purpose);
  const orders = Array.from({ length: permutations }, () => shuffled(n, draws));
  const shuffledValues = Float64Array.from(orders, (order) => debiasedCka(k, l, n, order) ?? 0).sort();
  const above = shuffledValues.filter((own) => own >= value).length;
  return {
    cka: intervalOf(value, k, l, n),
    biasedCka: biasedCka(k, l),
    null95: quantileSorted(shuffledValues, 0.95),
    p: (1 + above) / (1 + permutations),
    procrustes: Math.max(x.features, y.features) <= 2 * mostChannels ? procrustes(x, y) : null,
    ...ordersOf(x, y, orders[0] ?? []),
  };
}

/** A row for every layer of filters: its channels' means over the map, one row a patient. */
export function likenessRows(
  reference: ComparedMaps,
  all: readonly ComparedMaps[],
  each: () => Iterable<Kept>,
): LikenessRow[] {
  const means = meansOf(
    all.map(({ name }) => name),
    each(),
  );
  return [...countedNodes(reference.layers.values()).values()].map(({ node }) => {
    const own = means.get(reference.name)?.get(node) ?? noMeans();
    const networks = all
      .filter(({ name }) => name !== reference.name)
      .map((other): readonly [string, Likeness | null] => {
        const there = means.get(other.name)?.get(other.nodeFor(node) ?? '') ?? noMeans();
        const patients = [...own.keys()].filter((patient) => there.has(patient));
        const purpose = `${node} ${other.name}`;
        return [other.name, likenessOf(rowsOf(patients, own), rowsOf(patients, there), purpose)];
      });
    return { node, patients: own.size, networks: Object.fromEntries(networks) };
  });
}
