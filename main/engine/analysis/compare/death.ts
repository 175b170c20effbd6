import type { ChannelDeath, ChannelRow } from '../../../../shared/analysis/compare';
import type { Node, NetworkGraph } from '../../network/graph';
import type { ComparedNetwork } from '../analysis';
import { countedNodes, isGone, type ComparedMaps } from './channels';
import { mainWeight } from './counterpart';

/** How far from 1 the cosine of weights may be that did not move but for a scale: rounding of float32. */
const still = 1e-6;

/** The incoming weights of one channel. */
function filterOf(graph: NetworkGraph, name: string, channel: number): Float32Array | null {
  const node = graph.nodes.find((own) => own.name === name);
  const weight = node && incoming(node);
  if (!node || !weight) return null;
  const { shape, values } = weight;
  const last = node.op.startsWith('depthwise') ? (shape.at(-1) ?? 1) * (shape.at(-2) ?? 1) : (shape.at(-1) ?? 1);
  if (channel >= last) return null;
  return Float32Array.from({ length: values.length / last }, (_, at) => values[at * last + channel] as number);
}

const incoming = (node: Node) => node.weights.find(({ name }) => name === 'pointwise') ?? mainWeight(node);

function alongOf(before: Float32Array, after: Float32Array): { cosine: number | null; scale: number | null } {
  let [along, then, now] = [0, 0, 0];
  before.forEach((a, at) => {
    const b = after[at] as number;
    along += a * b;
    then += a * a;
    now += b * b;
  });
  const cosine = along / Math.sqrt(then * now);
  return Number.isFinite(cosine) ? { cosine, scale: Math.sqrt(now / then) } : { cosine: null, scale: null };
}

function deathOf(
  row: ChannelRow,
  filters: string,
  networks: readonly ComparedNetwork[],
  maps: readonly ComparedMaps[],
): ChannelDeath | null {
  const dead = networks.map(({ name }) => isGone(row.networks[name]?.status));
  if (dead.at(-1) !== true) return null;
  const by = dead.lastIndexOf(false) + 1;
  const [from, ...later] = networks.slice(by);
  const weightsIn = ({ name, network }: ComparedNetwork): Float32Array | null => {
    const own = maps.find((map) => map.name === name)?.nodeFor(filters);
    return own === undefined ? null : filterOf(network.graph, own, row.channel);
  };
  const held = from && weightsIn(from);
  if (!from || !held) return null;
  const since = later.map((network) => {
    const after = weightsIn(network);
    const found = after?.length === held.length ? alongOf(held, after) : { cosine: null, scale: null };
    return { network: network.name, ...found };
  });
  const holds = ({ cosine, scale }: (typeof since)[number]): boolean =>
    cosine !== null && scale !== null && cosine >= 1 - still && scale <= 1 + still;
  return {
    after: networks[by - 1]?.name ?? null,
    by: from.name,
    since,
    noGradient: since.length === 0 ? null : since.every(holds),
  };
}

/**
 * With the date of death of every filter that is dead in the last network. The order is that in which the job names the networks, of
 * checkpoints that of training. *Source* methods §1.1: a dead rectifier gets no gradient, so that its weights stand still or only shrink.
 */
export function deathsOf(
  rows: readonly ChannelRow[],
  networks: readonly ComparedNetwork[],
  maps: readonly ComparedMaps[],
  reference: ComparedMaps,
): ChannelRow[] {
  const filtersOf = new Map([...countedNodes(reference.layers.values())].map(([filters, { node }]) => [node, filters]));
  return rows.map((row) => {
    const filters = filtersOf.get(row.node);
    const death = filters === undefined ? null : deathOf(row, filters, networks, maps);
    return death ? { ...row, death } : row;
  });
}
