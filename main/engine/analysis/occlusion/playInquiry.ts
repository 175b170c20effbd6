import { warningOf } from '../../../../shared/warning';
import { countedEntries } from './coalitions';
import { divisionOf } from './division';
import { nothingToAsk, type FurtherSetting, type Inquiries, type Inquiry } from './inquiry';
import { labelOf } from './players';
import { structureOf } from './region';
import { leastUsable, playCost, playFigures, playStructures } from './structurePlay';

/** Every coalition of the structures named. */
export function playInquiry(setting: FurtherSetting): Inquiries {
  const { input, analysis, parameters, anatomy, secondsAPass } = setting;
  const { structures } = parameters;
  if (structures.length === 0) return nothingToAsk;
  const { division, warnings } = divisionOf(input, analysis, anatomy, structures);
  if (!division) return { inquiries: [], warnings };
  const own = ownPlayer(setting, division.players);
  const reader = setting.readers(own < 0 ? null : division.of.map((player) => (player === own ? 1 : 0)));
  const entries = countedEntries({ prepared: setting.prepared, reader }).length;
  if (entries === 0) {
    const structure = division.players[own]?.name ?? '';
    return { inquiries: [], warnings: [...warnings, warningOf('analysis/nothing-to-play', { structure })] };
  }
  const cost = playCost(division.count, entries, setting);
  const inquiry: Inquiry = {
    seconds: cost.passes * secondsAPass + cost.seconds,
    async *run({ floor }) {
      const { network, memoryBytes } = analysis;
      const playing = playStructures({ ...setting, players: division, network, reader, memoryBytes });
      let step = await playing.next();
      for (; !step.done; step = await playing.next()) yield step.value;
      const { games, passes, stopped } = step.value;
      const all = games[0]?.worth.at(-1) ?? NaN;
      const figures = playFigures(division, games, passes, leastUsable({ reader }, all, floor));
      return { found: figures ? { structurePlay: figures } : {}, stopped };
    },
  };
  return { inquiries: [inquiry], warnings };
}

/** The player that is the explained label's own structure, whose voxels its score leaves out; −1 where none is. */
function ownPlayer(
  { input, analysis, parameters }: FurtherSetting,
  players: readonly { readonly name: string }[],
): number {
  const label = labelOf(parameters.target, analysis);
  if (label === null) return -1;
  try {
    const { name } = structureOf(input, analysis, label);
    return players.findIndex((player) => player.name === name);
  } catch {
    // A label without a structure of its name is nobody's own.
    return -1;
  }
}
