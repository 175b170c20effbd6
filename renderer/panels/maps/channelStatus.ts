import type { ChannelStatus } from '../../../shared/analysis/channelStatuses';
import { maps, type ChannelFigures, type LayerFigures, type MapsSplit } from '../../../shared/analysis/maps';
import type { Verdict } from '../../../shared/verdict';

const silent: readonly ChannelStatus[] = ['invalid', 'dead-certified', 'dead', 'silent-so-far'];
const working: readonly ChannelStatus[] = ['one-sided', 'always-on', 'alive'];

/** True for a channel that never answered: its tile is hatched. */
export const isSilent = (status: ChannelStatus): boolean => silent.includes(status);

/** A channel's badge: what never answered is a problem, what barely does is to be looked at. */
export const levelOf = (status: ChannelStatus): Verdict['level'] =>
  isSilent(status) ? 'problem' : working.includes(status) ? 'fine' : 'watch';

/** The layers of a maps result by node; empty where there is none. */
export function layersOf(summary: unknown): ReadonlyMap<string, LayerFigures> {
  const read = maps.summary.safeParse(summary);
  return new Map(read.success ? read.data.layers.map((layer) => [layer.node, layer]) : []);
}

/** How one channel answers at each value of the tag by which the run was split. */
export interface ChannelSplit {
  readonly tag: string;
  /** Patients in whom it answers, of those at each value; empty for a tag compared by rank. */
  readonly levels: readonly { readonly level: string; readonly fired: number; readonly patients: number }[];
  /** Median of the tag where it answers, and where it is silent; null where values are compared. */
  readonly medians: readonly [number | null, number | null] | null;
  readonly p: number;
  readonly adjusted: number;
  readonly differs: boolean;
}

/** null: the run was not split, or this channel could not have shown a difference. */
export function splitOf(summary: unknown, node: string, channel: number): ChannelSplit | null {
  const read = maps.summary.safeParse(summary);
  const split: MapsSplit | undefined = read.success ? read.data.split : undefined;
  const row = split?.layers.find((layer) => layer.node === node)?.channels.find((own) => own.channel === channel);
  if (!split?.test || !row) return null;
  const { tag, test, levels } = split;
  const { medians, p, adjusted, differs } = row;
  const patientsAt = (level: string): number => levels.find((own) => own.level === level)?.patients ?? 0;
  return {
    tag,
    levels: test.levels.map((level, n) => ({ level, fired: row.fired[n] ?? 0, patients: patientsAt(level) })),
    ...{ medians, p, adjusted, differs },
  };
}

/** The worst level among a layer's channels, and how many of them answer. */
export function layerState(channels: readonly ChannelFigures[]): { level: Verdict['level']; alive: number } {
  const levels = channels.map(({ status }) => levelOf(status));
  return {
    level: levels.includes('problem') ? 'problem' : levels.includes('watch') ? 'watch' : 'fine',
    alive: channels.filter(({ status }) => !isSilent(status)).length,
  };
}
