import type { OcclusionParameters, OcclusionValues } from '../../../../shared/analysis/occlusion';
import { warningOf } from '../../../../shared/warning';
import type { Warning } from '../../../../shared/result';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context, OpenInput, Step } from '../analysis';
import { regionOf } from './cost';
import { countedEntries } from './coalitions';
import { divisionOf } from './division';
import type { HidingSetting } from './hiding';
import { labelOf } from './players';
import type { Anatomy } from './ranking';
import type { ScoreReader } from './reader';
import { entriesIn, structureOf } from './region';
import { leastUsable, playCost, playFigures, playStructures } from './structurePlay';

/** What an occlusion finds beside its map and the verdict's game. */
export type Further = Pick<OcclusionValues, 'structurePlay' | 'localisation'>;

export interface FurtherSetting extends Omit<HidingSetting, 'players'> {
  readonly input: OpenInput;
  readonly analysis: Context;
  readonly parameters: OcclusionParameters;
  readonly anatomy: Anatomy;
  readonly readers: (leaveOut: Uint8Array | null) => ScoreReader;
  readonly secondsAPass: number;
  readonly signal: AbortSignal;
}

/** One thing to find out. `run` ends with what it found until it was stopped. */
export interface Inquiry {
  /** Seconds that it takes, roughly. */
  readonly seconds: number;
  run(floor: number): AsyncGenerator<Step, { readonly found: Further; readonly stopped: boolean }>;
}

/** What the parameters ask for beside map and verdict, with what cannot be had of this input. */
export function inquiriesOf(setting: FurtherSetting): {
  readonly inquiries: readonly Inquiry[];
  readonly warnings: readonly Warning[];
} {
  const { inquiries, warnings } = playInquiry(setting);
  return { inquiries, warnings };
}

function playInquiry(setting: FurtherSetting): ReturnType<typeof inquiriesOf> {
  const { input, analysis, parameters, anatomy, secondsAPass } = setting;
  const { structures } = parameters;
  if (structures.length === 0) return { inquiries: [], warnings: [] };
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
    async *run(floor) {
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

/** What all of it will cost at most, before it is known which structures are there. */
export function furtherAhead(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
  setting: { readonly prepared: PreparedInput; readonly window: readonly number[] },
): { readonly passes: number; readonly seconds: number } {
  const { structures, channels } = parameters;
  if (!input.prepared.grid || structures.length === 0) return { passes: 0, seconds: 0 };
  return playCost(structures.length + 2, entriesIn(input, context, regionOf(parameters)), { ...setting, channels });
}
