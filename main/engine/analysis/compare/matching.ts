import type { FilterMatching, MatchingRow } from '../../../../shared/analysis/compareMatching';
import type { NetworkGraph } from '../../network/graph';
import { bestAssignment } from '../statistics/assignment';
import { drawsOf } from '../statistics/draws';
import { centred, shuffled, type Rows } from '../statistics/kernelAlignment';
import { quantileSorted } from '../statistics/quantile';
import { countedNodes, type ComparedMaps } from './channels';
import type { Kept } from './kept';
import { correlations, fewestForInterval, mostChannels } from './likeness';
import { meansOf, noMeans, rowsOf } from './patientMeans';
import { noOrders, weightMatching, type InputOrders } from './weightMatching';

const level = 0.05;
/** Shuffles of the patients; fewer for layers whose best order takes long. */
const shuffles = (channels: number): number => (channels <= 96 ? 39 : 19);

/** Channels that vary over patients: a constant goes with nothing. */
function varying({ n, features, values }: Rows): readonly boolean[] {
  return Array.from({ length: features }, (_, f) => {
    for (let i = 0; i < n; i++) if (values[i * features + f] !== 0) return true;
    return false;
  });
}

/** Which channel of the other network answers as which of the reference; null below 10 patients or for too many channels. */
export function matchingOf(x: Rows, y: Rows, purpose: string): Omit<FilterMatching, 'weights'> | null {
  const { n, features } = x;
  if (n < fewestForInterval || n !== y.n || features !== y.features || features < 2 || features > mostChannels)
    return null;
  const [ours, theirs] = [varying(centred(x)), varying(centred(y))];
  const found = (order: readonly number[]) => {
    const gains = correlations(x, y, order);
    const columns = bestAssignment(gains, features);
    const pairs = Array.from(columns, (column, f) => {
      const varies = ours[f] === true && theirs[column] === true;
      return { column, correlation: varies ? (gains[f * features + column] as number) : null };
    });
    const known = pairs.flatMap(({ correlation }) => correlation ?? []);
    const mean = known.length === 0 ? 0 : known.reduce((sum, own) => sum + own, 0) / known.length;
    return { pairs, known, mean };
  };
  const same = Array.from({ length: n }, (_, i) => i);
  const { pairs, known, mean } = found(same);
  if (known.length === 0) return null;
  const draws = drawsOf(1, `matching/${purpose}`);
  const chance = Array.from({ length: shuffles(features) }, () => found(shuffled(n, draws)));
  const above = chance.filter((own) => own.mean >= mean).length;
  const p = (1 + above) / (1 + chance.length);
  const chance95 = quantileSorted(
    chance.flatMap((own) => own.known).sort((a, b) => a - b),
    0.95,
  );
  const paired = p <= level ? [...pairs.entries()].filter(([, pair]) => (pair.correlation ?? -1) > chance95) : [];
  return {
    order: pairs.map(({ column }) => column),
    correlation: pairs.map(({ correlation }) => correlation),
    mean,
    meanByChance: chance.reduce((sum, own) => sum + own.mean, 0) / chance.length,
    chance95,
    p,
    paired: paired.length,
    inPlace: paired.filter(([f, { column }]) => f === column).length,
  };
}

/** A row for every layer of filters: its channels' answers to the same patients, and what their weights say beside that. */
export function matchingRows(
  reference: ComparedMaps,
  all: readonly ComparedMaps[],
  graphs: ReadonlyMap<string, NetworkGraph>,
  each: () => Iterable<Kept>,
): MatchingRow[] {
  const means = meansOf(
    all.map(({ name }) => name),
    each(),
  );
  const others = all.filter(({ name }) => name !== reference.name);
  /** Of each network the orders that were found so far, by the node whose filters they are of. */
  const orders = new Map<string, InputOrders>();
  return [...countedNodes(reference.layers.values())].map(([filters, { node }]) => {
    const own = means.get(reference.name)?.get(node) ?? noMeans();
    const networks = others.map((other): readonly [string, FilterMatching | null] => {
      const there = means.get(other.name)?.get(other.nodeFor(node) ?? '') ?? noMeans();
      const patients = [...own.keys()].filter((patient) => there.has(patient));
      const found = matchingOf(rowsOf(patients, own), rowsOf(patients, there), `${node} ${other.name}`);
      if (!found) return [other.name, null];
      const known = orders.get(other.name) ?? noOrders();
      orders.set(other.name, known);
      const [graph, theirs] = [graphs.get(reference.name), graphs.get(other.name)];
      const named = other.nodeFor(filters);
      const weights =
        graph && theirs && named !== undefined ? weightMatching(graph, filters, theirs, named, known) : null;
      if (found.p <= level) known.set(filters, found.order);
      return [other.name, { ...found, weights }];
    });
    return { node, patients: own.size, networks: Object.fromEntries(networks) };
  });
}
