import type { WeightChange, WeightRow } from '../../../../shared/analysis/compare';
import type { NetworkGraph, Node, Weight } from '../../network/graph';
import { quantileSorted } from '../statistics/quantile';
import { mainWeight, type Counterparts } from './counterpart';

type Distance = WeightChange['all'];

const nowhere: Distance = { distance: null, relativeDistance: null, cosine: null };

/**
 * How far arrays are from those of the reference, all of them as one vector. null where a value is no number or the reference is zero.
 * *Sign* B − A, A the reference.
 */
export function distanceOf(reference: readonly Float32Array[], other: readonly Float32Array[]): Distance {
  let apart = 0;
  let along = 0;
  let then = 0;
  let now = 0;
  for (const [n, before] of reference.entries()) {
    const values = other[n];
    if (values?.length !== before.length) return nowhere;
    for (let at = 0; at < before.length; at++) {
      const [a, b] = [before[at] as number, values[at] as number];
      apart += (b - a) ** 2;
      along += a * b;
      then += a * a;
      now += b * b;
    }
  }
  if (!Number.isFinite(apart + then + now)) return nowhere;
  return {
    distance: Math.sqrt(apart),
    relativeDistance: then > 0 ? Math.sqrt(apart / then) : null,
    cosine: then > 0 && now > 0 ? Math.min(1, Math.max(-1, along / Math.sqrt(then * now))) : null,
  };
}

/** The weights of one output channel are `channels` apart in a kernel, the last axis fastest. */
function filterCosines({ shape, values }: Weight, other: Float32Array): Float64Array {
  const channels = shape.at(-1) ?? 1;
  const cosines = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    let [along, then, now] = [0, 0, 0];
    for (let at = c; at < values.length; at += channels) {
      const [a, b] = [values[at] as number, other[at] as number];
      along += a * b;
      then += a * a;
      now += b * b;
    }
    cosines[c] = along / Math.sqrt(then * now);
  }
  return cosines.filter(Number.isFinite).sort();
}

function changeOf(reference: Node, other: Node | undefined): WeightChange {
  const [before, after] = [mainWeight(reference), other && mainWeight(other)];
  if (!other || !before || !after) return { node: null, ...nowhere, filterCosine: null, all: nowhere };
  const cosines = before.shape.length > 1 ? filterCosines(before, after.values) : new Float64Array(0);
  return {
    node: other.name,
    ...distanceOf([before.values], [after.values]),
    filterCosine: cosines.length > 0 ? quantileSorted(cosines, 0.5) : null,
    all: distanceOf(
      reference.weights.map(({ values }) => values),
      other.weights.map(({ values }) => values),
    ),
  };
}

/** A row for every node of the reference with weights, moved or not. */
export const weightRows = (reference: NetworkGraph, others: ReadonlyMap<string, Counterparts>): WeightRow[] =>
  reference.nodes
    .filter(({ weights }) => weights.length > 0)
    .map((node) => ({
      node: node.name,
      op: node.op,
      networks: Object.fromEntries([...others].map(([name, { of }]) => [name, changeOf(node, of.get(node.name))])),
    }));
