import type { ChannelChange, ChannelRow, CompareSummary, LayerRow } from '../../../../shared/analysis/compare';
import type { ChannelStatus } from '../../../../shared/analysis/channelStatuses';
import type { LayerFigures } from '../../../../shared/analysis/maps';
import { mcNemar } from '../statistics/mcnemar';
import type { Kept } from './kept';

/** No input wakes it: silent in all, or the same value whatever comes (dead behind a normalisation). */
const gone: readonly ChannelStatus[] = ['dead-certified', 'dead', 'silent-so-far', 'frozen'];

export const isGone = (status: ChannelStatus | null | undefined): boolean =>
  status !== null && status !== undefined && gone.includes(status);

const level = 0.05;

/** One network's maps: its layers over all inputs, by the reference's names. */
export interface ComparedMaps {
  readonly name: string;
  /** How this network calls a node of the reference; undefined where it has none. */
  readonly nodeFor: (node: string) => string | undefined;
  readonly layers: ReadonlyMap<string, LayerFigures>;
}

/** Of each patient, whether the channels of a node are silent in all its inputs; of those patients alone that the network answered. */
class Silence {
  /** node → patient → one entry a channel. */
  private readonly nodes = new Map<string, Map<string, Uint8Array>>();

  add(patient: string, answers: Kept['answers'][string]): void {
    for (const [node, { silent }] of Object.entries(answers)) {
      const patients = this.nodes.get(node) ?? new Map<string, Uint8Array>();
      this.nodes.set(node, patients);
      const before = patients.get(patient);
      patients.set(
        patient,
        Uint8Array.from(silent, (own, c) => (own && before?.[c] !== 0 ? 1 : 0)),
      );
    }
  }

  of(node: string): ReadonlyMap<string, Uint8Array> {
    return this.nodes.get(node) ?? new Map<string, Uint8Array>();
  }
}

export type Silences = ReadonlyMap<string, Silence>;

/** Streams over inputs: one bit a channel and patient is kept. */
export function silencesOf(names: readonly string[], inputs: Iterable<Kept>): Silences {
  const silences = new Map(names.map((name) => [name, new Silence()]));
  for (const { patient, answers } of inputs)
    for (const name of names) silences.get(name)?.add(patient, answers[name] ?? {});
  return silences;
}

interface Counts {
  readonly n: number;
  /** Patients silent in the reference alone, and in the other alone. */
  readonly woken: number;
  readonly lost: number;
}

export function countsOf(
  reference: ReadonlyMap<string, Uint8Array>,
  other: ReadonlyMap<string, Uint8Array>,
  channel: number,
): Counts {
  let [n, woken, lost] = [0, 0, 0];
  for (const [patient, before] of reference) {
    const after = other.get(patient);
    if (!after) continue;
    n++;
    if (before[channel] === 1 && after[channel] !== 1) woken++;
    if (before[channel] !== 1 && after[channel] === 1) lost++;
  }
  return { n, woken, lost };
}

/**
 * Whether a channel died or woke against the reference. It did where its status crosses and so many patients went with it that chance is no
 * reason (McNemar's exact test), or where nothing is left to chance: all patients went with it, or the weights prove it for any input, or
 * the map is the same constant for everyone. Else a status near its threshold would look like an event.
 */
export function eventOf(
  before: ChannelStatus,
  after: ChannelStatus,
  { n, woken, lost }: Counts,
): ChannelChange['event'] {
  if (isGone(before) === isGone(after) || before === 'invalid' || after === 'invalid') return null;
  const sure = (certain: ChannelStatus): boolean => certain === 'dead-certified' || certain === 'frozen';
  const counted = mcNemar(woken, lost).p <= level;
  if (isGone(after)) return sure(after) || (n > 0 && lost === n) || (counted && lost > woken) ? 'killed' : null;
  return sure(before) || (n > 0 && woken === n) || (counted && woken > lost) ? 'awakened' : null;
}

function changeOf(
  node: string,
  channel: number,
  reference: ComparedMaps,
  other: ComparedMaps,
  silences: Silences,
): ChannelChange {
  const own = other.nodeFor(node);
  const after = own === undefined ? undefined : other.layers.get(own)?.channels[channel]?.status;
  const before = reference.layers.get(node)?.channels[channel]?.status;
  if (own === undefined || after === undefined || before === undefined)
    return { status: after ?? null, event: null, silentPatients: null, p: null };
  const patients = silences.get(other.name)?.of(own) ?? new Map<string, Uint8Array>();
  const silentPatients = [...patients.values()].filter((silent) => silent[channel] === 1).length;
  if (other.name === reference.name) return { status: after, event: null, silentPatients, p: null };
  const counts = countsOf(silences.get(reference.name)?.of(node) ?? new Map<string, Uint8Array>(), patients, channel);
  return {
    status: after,
    event: eventOf(before, after, counts),
    silentPatients,
    p: mcNemar(counts.woken, counts.lost).p,
  };
}

/** A row for every channel of every measured node of the reference. */
export function channelRows(reference: ComparedMaps, all: readonly ComparedMaps[], silences: Silences): ChannelRow[] {
  return [...reference.layers.values()].flatMap(({ node, channels }) =>
    channels.map((_, channel) => ({
      node,
      channel,
      networks: Object.fromEntries(
        all.map((other) => [other.name, changeOf(node, channel, reference, other, silences)]),
      ),
    })),
  );
}

/** The nodes in which filters are counted: of each set of filters the last that shows them, where an activation decides. */
export function countedNodes(layers: Iterable<LayerFigures>): ReadonlyMap<string, LayerFigures> {
  const last = new Map<string, LayerFigures>();
  for (const layer of layers) if (layer.filters !== null) last.set(layer.filters, layer);
  return last;
}

/** The 2 × 2 of each layer that has filters: what was dead and is, what died, what woke. */
export function layerRows(reference: ComparedMaps, names: readonly string[], rows: readonly ChannelRow[]): LayerRow[] {
  const byNode = new Map<string, ChannelRow[]>();
  for (const row of rows) byNode.set(row.node, [...(byNode.get(row.node) ?? []), row]);
  return [...countedNodes(reference.layers.values())].map(([filters, { node, channels }]) => {
    const own = byNode.get(node) ?? [];
    const count = (name: string, holds: (change: ChannelChange, before: ChannelChange) => boolean): number =>
      own.filter(({ networks }) => {
        const [change, before] = [networks[name], networks[reference.name]];
        return change !== undefined && before !== undefined && change.status !== null && holds(change, before);
      }).length;
    const of = (name: string): CompareSummary['layers'][number]['networks'][string] => ({
      killed: count(name, ({ event }) => event === 'killed'),
      awakened: count(name, ({ event }) => event === 'awakened'),
      stillDead: count(name, ({ event }, { status }) => event === null && isGone(status)),
      stillAlive: count(name, ({ event }, { status }) => event === null && !isGone(status)),
    });
    return {
      node,
      filters,
      channels: channels.length,
      networks: Object.fromEntries(names.map((name) => [name, of(name)])),
    };
  });
}
