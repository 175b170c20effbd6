import { maps, type ChannelFigures, type ChannelStatus, type LayerFigures } from '../../../shared/analysis/maps';
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

/** The worst level among a layer's channels, and how many of them answer. */
export function layerState(channels: readonly ChannelFigures[]): { level: Verdict['level']; alive: number } {
  const levels = channels.map(({ status }) => levelOf(status));
  return {
    level: levels.includes('problem') ? 'problem' : levels.includes('watch') ? 'watch' : 'fine',
    alive: channels.filter(({ status }) => !isSilent(status)).length,
  };
}
