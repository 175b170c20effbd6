import type { Certificate } from '../../../../shared/analysis/certificate';
import type { ChannelDeath, ChannelRow } from '../../../../shared/analysis/compare';
import type { ChannelFigures } from '../../../../shared/analysis/maps';
import type { Node, NetworkGraph } from '../../network/graph';
import type { ComparedNetwork } from '../analysis';
import { certificateOf, noCourse, type DeathCourse } from '../certificate';
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

const mostCertificates = 1000;

/** Mean of each channel that the filters of a node read, over all inputs; null where that was not measured. */
function readMeans(graph: NetworkGraph, filters: string, own: ComparedMaps): readonly number[] | null {
  const [source, ...others] = graph.nodes.find(({ name }) => name === filters)?.inputs ?? [];
  const layer = source === undefined || others.length > 0 ? undefined : own.layers.get(source);
  const means = layer?.channels.map(({ mean }) => mean);
  return means?.every((mean) => mean !== null) === true ? means : null;
}

/** Σ of one filter's weights from each input channel: what a constant in that channel adds. */
function weightSums(graph: NetworkGraph, filters: string, channel: number): readonly number[] | null {
  const node = graph.nodes.find(({ name }) => name === filters);
  const weight = node && (/^conv\dd$/.test(node.op) || node.op === 'dense') ? mainWeight(node) : undefined;
  if (!weight || Number(node?.attributes['groups'] ?? 1) !== 1) return null;
  const [out, inside] = [weight.shape.at(-1) ?? 1, weight.shape.at(-2) ?? 1];
  const sums = new Array<number>(inside).fill(0);
  for (let at = channel; at < weight.values.length; at += out) {
    const i = Math.floor(at / out) % inside;
    sums[i] = (sums[i] as number) + (weight.values[at] as number);
  }
  return sums;
}

const biasOf = (graph: NetworkGraph, filters: string, channel: number): number =>
  graph.nodes.find(({ name }) => name === filters)?.weights.find(({ name }) => name === 'bias')?.values[channel] ?? 0;

/**
 * What the mean pre-activation did in the interval of a death, over its standard deviation before: ΔZ̄ = Δb + Δw·x̄ + w′·Δx̄, x̄ the mean of the
 * channels read (padding left out). The last is what remains, so that the three add up. *Source* methods §1.1, too high learning rate.
 */
function fallOf(
  row: ChannelRow,
  filters: string,
  [before, after]: readonly [ComparedNetwork, ComparedNetwork],
  [from, to]: readonly [ComparedMaps, ComparedMaps],
): Pick<DeathCourse, 'fall' | 'byBias' | 'byWeights' | 'byInput'> {
  const figuresIn = (own: ComparedMaps): ChannelFigures | undefined =>
    own.layers.get(own.nodeFor(row.node) ?? '')?.channels[row.channel];
  const [then, now] = [figuresIn(from), figuresIn(to)];
  const { preMean: start = null, preSd: sd = null } = then ?? {};
  const end = now?.preMean ?? null;
  const none = { fall: null, byBias: null, byWeights: null, byInput: null };
  if (start === null || end === null || sd === null || !(sd > 0)) return none;
  const fall = (end - start) / sd;
  const [own, theirs] = [from.nodeFor(filters), to.nodeFor(filters)];
  // Behind a normalisation of its own the sum is not that of the weights.
  if (own === undefined || theirs === undefined || row.node !== filters) return { ...none, fall };
  const means = readMeans(before.network.graph, own, from);
  const sums = [
    weightSums(before.network.graph, own, row.channel),
    weightSums(after.network.graph, theirs, row.channel),
  ];
  const [old, young] = sums;
  if (!means || !old || !young || old.length !== means.length || young.length !== means.length)
    return { ...none, fall };
  const byBias =
    (biasOf(after.network.graph, theirs, row.channel) - biasOf(before.network.graph, own, row.channel)) / sd;
  const byWeights = means.reduce((sum, mean, i) => sum + ((young[i] ?? 0) - (old[i] ?? 0)) * mean, 0) / sd;
  return { fall, byBias, byWeights, byInput: fall - byBias - byWeights };
}

/** Share of the layer's filters, alive before the interval, that died in it and stayed dead. */
function togetherOf(row: ChannelRow, rows: readonly ChannelRow[], names: readonly string[], after: string): number {
  const alive = rows.filter(({ node, networks }) => node === row.node && !isGone(networks[after]?.status));
  const next = names[names.indexOf(after) + 1] ?? '';
  return alive.filter(({ networks }) => isGone(networks[next]?.status)).length / Math.max(1, alive.length);
}

/** The certificate of every filter that is dead in the last network, in the layers in which filters are counted. */
export function certificatesOf(
  rows: readonly ChannelRow[],
  networks: readonly ComparedNetwork[],
  maps: readonly ComparedMaps[],
  reference: ComparedMaps,
  patients: number,
): Certificate[] {
  const filtersOf = new Map([...countedNodes(reference.layers.values())].map(([filters, { node }]) => [node, filters]));
  const names = networks.map(({ name }) => name);
  const [last, lastMaps] = [networks.at(-1), maps.at(-1)];
  if (!last || !lastMaps) return [];
  const found = rows.flatMap((row): Certificate[] => {
    const { death } = row;
    const filters = filtersOf.get(row.node);
    const node = lastMaps.nodeFor(row.node);
    const figures = node === undefined ? undefined : lastMaps.layers.get(node)?.channels[row.channel];
    if (!death || filters === undefined || node === undefined || !figures) return [];
    const by = names.indexOf(death.by);
    const pair = [networks[by - 1], networks[by], maps[by - 1], maps[by]] as const;
    const [before, after, from, to] = pair;
    const course: DeathCourse = {
      ...noCourse,
      after: death.after,
      by: death.by,
      noGradient: death.noGradient,
      ...(before && after && from && to ? fallOf(row, filters, [before, after], [from, to]) : {}),
      sameInterval: death.after === null ? null : togetherOf(row, rows, names, death.after),
    };
    const silentPatients = figures.status === 'frozen' ? null : (row.networks[last.name]?.silentPatients ?? null);
    return [
      certificateOf(last.network.graph, { node, channel: row.channel }, figures, { silentPatients, patients }, course),
    ];
  });
  return found.slice(0, mostCertificates);
}
