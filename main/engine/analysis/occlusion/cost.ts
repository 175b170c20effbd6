import type { FillChoice, OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context, OpenInput } from '../analysis';
import { secondsOfBox } from './fill/cost';
import { hiddenChannels } from './hide';
import { latticeOf, withPlanes } from './lattice';
import { spatialPlaceOf } from './place';
import { gameCost } from './playGame';
import { structureInQuestion } from './players';
import { entriesIn, type Region } from './region';
import type { LatticeOnInput } from './places';
import { windowSizeOf, type WindowSize } from './windowSize';

const shiftsOfStructure = 40;
const fewestForShifts = 10;

export const choicesOf = ({ fill }: OcclusionParameters): readonly FillChoice[] =>
  Array.isArray(fill) ? fill : [fill];

/** The lattice on one input: for a study's planes in a 2D network the plane comes first. */
export function latticeOn(
  prepared: PreparedInput,
  context: Context,
  parameters: OcclusionParameters,
): LatticeOnInput & { readonly size: WindowSize } {
  const spatial = prepared.array.shape.slice(1, -1);
  const size = windowSizeOf(parameters, spatial, spatialPlaceOf(prepared, context));
  const lattice = latticeOf(spatial, size.window, size.stride, parameters.placement);
  const planes = prepared.dims === 2 && prepared.grid !== null;
  return { lattice: planes ? withPlanes(lattice, prepared.array.shape[0] ?? 1) : lattice, planes, size };
}

export const drawsOf = (choice: FillChoice, { noiseDraws }: OcclusionParameters): number =>
  choice === 'noise' ? noiseDraws : 1;

export const shiftsFor = ({ inputCount }: Context): number => (inputCount >= fewestForShifts ? shiftsOfStructure : 0);

export const regionOf = ({ target }: OcclusionParameters): Region =>
  target && 'label' in target ? target.region : undefined;

/** Seconds that filling one position takes, roughly. */
export function boxSeconds(
  choice: FillChoice,
  prepared: PreparedInput,
  { channels }: OcclusionParameters,
  { window }: WindowSize,
): number {
  const { shape } = prepared.array;
  const entryVoxels = shape.slice(1).reduce((product, n) => product * n, 1);
  const images = hiddenChannels(prepared, channels).filter(({ absent }) => absent === null).length;
  return images * secondsOfBox(choice, window, entryVoxels);
}

/** What the game will cost, before the players are known; nothing where there is none to play. */
export function gameAhead(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
): { readonly passes: number; readonly seconds: number } {
  const { prepared } = input;
  const question = structureInQuestion(parameters, context);
  const region = regionOf(parameters);
  const nothing = { passes: 0, seconds: 0 };
  if (!parameters.game || !prepared.grid || !question) return nothing;
  // The label's own structure is left out of the score: taken only there, nothing is left of it.
  if (question.ownLabel && region === question.name) return nothing;
  const { size } = latticeOn(prepared, context, parameters);
  const setting = { prepared, channels: parameters.channels, window: size.window };
  return gameCost(entriesIn(input, context, region), shiftsFor(context), setting);
}
