import type { OcclusionParameters, OcclusionValues } from '../../../../shared/analysis/occlusion';
import { problemOf } from '../../../../shared/problem/problem';
import { warningOf } from '../../../../shared/warning';
import type { Warning } from '../../../../shared/result';
import type { PreparedInput } from '../../recipe/preparedInput';
import { maskOf } from '../../volume/mask';
import type { Context, OpenInput, Step } from '../analysis';
import { receptiveFieldOf } from '../receptiveField';
import { regionOf } from './cost';
import { countedEntries } from './coalitions';
import { divisionOf } from './division';
import type { HidingSetting } from './hiding';
import { labelOf, structureInQuestion } from './players';
import { profileAround, profileCost, ringsAround } from './profile';
import type { Anatomy } from './ranking';
import type { ScoreReader } from './reader';
import { entriesIn, structureOf } from './region';
import { leastUsable, playCost, playFigures, playStructures } from './structurePlay';

/** What an occlusion finds beside its map and the verdict's game. */
export type Further = Pick<OcclusionValues, 'structurePlay' | 'localisation' | 'profile'>;

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
  const asked = [playInquiry(setting), profileInquiry(setting)];
  return { inquiries: asked.flatMap((one) => one.inquiries), warnings: asked.flatMap((one) => one.warnings) };
}

function profileInquiry(setting: FurtherSetting): ReturnType<typeof inquiriesOf> {
  const { input, analysis, parameters, prepared, secondsAPass } = setting;
  const { grid } = prepared;
  if (!parameters.profile || !grid || !prepared.toTensor) return { inquiries: [], warnings: [] };
  const question = structureInQuestion(parameters, analysis);
  if (!question) return { inquiries: [], warnings: [warningOf('analysis/profile-without-structure')] };
  let rings;
  try {
    const structure = structureOf(input, analysis, question.name);
    rings = ringsAround(structure.name, maskOf(structure, grid), grid, prepared.toTensor.bind(prepared));
  } catch (thrown) {
    const { code, facts } = problemOf(thrown);
    return { inquiries: [], warnings: [warningOf(code, facts)] };
  }
  // Nothing that is kept hides the structure: its own label is read in it, and there alone.
  const reader = setting.readers(question.ownLabel ? rings.of.map((player) => (player === 0 ? 0 : 1)) : null);
  const entries = countedEntries({ prepared, reader }).length;
  if (entries === 0)
    return { inquiries: [], warnings: [warningOf('analysis/empty-region', { region: rings.structure })] };
  const { passes, seconds } = profileCost(entries, setting);
  const { network, memoryBytes } = analysis;
  const field = receptiveFieldOf(network, reader.fetch.node);
  const spacing = setting.stackMm.slice(-prepared.array.shape.slice(1, -1).length);
  const reach = (field?.size ?? [null]).map((size, axis) =>
    size === null ? null : ((size - 1) / 2) * (spacing[axis] ?? 1),
  );
  const known = reach.filter((mm) => mm !== null);
  const receptiveRadiusMm = known.length === reach.length ? Math.max(...known) : null;
  const own = { network, memoryBytes, players: rings, reader, ownLabel: question.ownLabel, receptiveRadiusMm };
  const inquiry: Inquiry = {
    seconds: passes * secondsAPass + seconds,
    async *run(floor) {
      const running = profileAround({ ...setting, ...own }, floor);
      let step = await running.next();
      for (; !step.done; step = await running.next()) yield step.value;
      const { profile, stopped } = step.value;
      return { found: profile ? { profile } : {}, stopped };
    },
  };
  return { inquiries: [inquiry], warnings: [] };
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
  const { structures, channels, profile } = parameters;
  if (!input.prepared.grid) return { passes: 0, seconds: 0 };
  const entries = (): number => entriesIn(input, context, regionOf(parameters));
  const costs = [
    ...(structures.length > 0 ? [playCost(structures.length + 2, entries(), { ...setting, channels })] : []),
    ...(profile && structureInQuestion(parameters, context) ? [profileCost(entries(), { ...setting, channels })] : []),
  ];
  return {
    passes: costs.reduce((sum, { passes }) => sum + passes, 0),
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
