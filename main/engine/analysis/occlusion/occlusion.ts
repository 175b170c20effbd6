import {
  occlusion as definition,
  type FillChoice,
  type OcclusionParameters,
  type OcclusionValues,
} from '../../../../shared/analysis/occlusion';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';
import type { Analysis, Context, OpenInput, Part, Step } from '../analysis';
import { inTurns, type Cuttable } from '../cuttable';
import { anatomyOf, imageOf } from './anatomy';
import { boxSeconds, choicesOf, drawsOf, gameAhead, latticeOn, regionOf, shiftsFor } from './cost';
import { donorsOf } from './donor';
import { fillName } from './fill/list';
import { furtherAhead, inquiriesOf } from './further';
import { hiddenChannels, hiderOf } from './hide';
import type { FeatureRows } from './featureRows';
import type { Further, Mapped } from './inquiry';
import { localise } from './localisation';
import { meanMap } from './meanMap';
import { occluderFor } from './incremental';
import { inputVolume, spatialPlaceOf } from './place';
import { gameCost, playGame } from './playGame';
import { playersOf, structureInQuestion } from './players';
import type { LatticeRun } from './places';
import { readersFor } from './readersFor';
import { runLattice, selfCheck } from './run';
import { readIntact, type Scoring } from './score';
import { stagesOf } from './stages';
import { distancesOf, gamesOf, summaryOf, type Kept } from './summary';
import { valuesOf, type Maps } from './values';
import { occlusionVerdict } from './verdict';
import { entriesIn } from './region';
import { ruling } from './verdictRules';

/** Ranking, saving and drawing at the end, roughly, of each voxel of the input. */
const secondsAVoxelAtEnd = 1.5e-6;

/** Where nobody measured how long a pass takes. */
const usualSecondsAPass = 0.02;

async function save(
  prepared: PreparedInput,
  writer: InputWriter,
  prefix: string,
  { drops, map }: Maps,
  count: readonly number[],
): Promise<{ drops: string; map: string }> {
  const file = await writer.array(`${prefix}drops`, drops, count);
  if (prepared.grid) return { drops: file, map: await writer.volume(`${prefix}map`, inputVolume(prepared, map)) };
  return { drops: file, map: await writer.array(`${prefix}map`, map, prepared.array.shape.slice(1, -1)) };
}

/** Occlusion: hides every place of a fixed lattice in turn and measures what the score loses. */
export const occlusion: Analysis<OcclusionParameters> = {
  definition,

  accept({ prepared }, given) {
    const key = ['windowMm', 'strideMm'].find((name) => given.has(name));
    if (!prepared.grid && key !== undefined) throw new IsolensError('analysis/length-without-geometry', {}, { key });
  },

  passes(input, context, parameters) {
    const { prepared } = input;
    const { lattice } = latticeOn(prepared, context, parameters);
    const draws = choicesOf(parameters).reduce((sum, choice) => sum + drawsOf(choice, parameters), 0);
    const entries = prepared.array.shape[0] ?? 1;
    // A plane in which the score is not taken costs nothing: what is hidden there cannot change it.
    const counted = prepared.dims === 2 ? entriesIn(input, context, regionOf(parameters)) : entries;
    return (
      Math.round((lattice.count * counted) / entries) * draws +
      entries +
      beyondLattice(input, context, parameters).passes
    );
  },

  besides(input, context, parameters) {
    const { lattice, size } = latticeOn(input.prepared, context, parameters);
    const boxes = choicesOf(parameters).reduce(
      (sum, choice) =>
        sum + lattice.count * drawsOf(choice, parameters) * boxSeconds(choice, input.prepared, parameters, size),
      0,
    );
    return boxes + beyondLattice(input, context, parameters).seconds;
  },

  async forecast(input, context, parameters, signal) {
    const on = latticeOn(input.prepared, context, parameters);
    const reader = (await readersFor(input, context, parameters, signal))(null);
    const quick = await occluderFor(
      { network: context.network, prepared: input.prepared, reader },
      on,
      context.memoryBytes,
    );
    if (!quick) return null;
    quick.occluder.close();
    const gained = quick.forecast;
    const { passes: beyond } = beyondLattice(input, context, parameters);
    const rest = (input.prepared.array.shape[0] ?? 1) + beyond;
    const lattice = this.passes(input, context, parameters) - rest;
    return { gain: gained.gain, wholeFrom: gained.wholeFrom, passes: Math.ceil(lattice / gained.gain) + rest };
  },

  async *onInput(input, context, parameters, writer, signal) {
    return yield* runOcclusion(input, context, parameters, writer, signal);
  },

  conclude(parts: readonly Part[], context, parameters) {
    const kept = parts.map((part) => part.kept as Kept);
    const ruled = ruling(gamesOf(kept));
    const question = structureInQuestion(parameters, context);
    const unfinished = parts.some(({ partial }) => partial === true);
    const distances = distancesOf(kept);
    return {
      warnings: distances.warnings,
      summary: summaryOf(kept, ruled.figures, distances.summary),
      verdict: occlusionVerdict(ruled, kept, question?.name ?? null, unfinished),
    };
  },
};

/** What the verdict's game and all that is asked for beside it will cost. */
function beyondLattice(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
): { readonly passes: number; readonly seconds: number } {
  const game = gameAhead(input, context, parameters);
  const { size } = latticeOn(input.prepared, context, parameters);
  const further = furtherAhead(input, context, parameters, { prepared: input.prepared, window: size.window });
  return { passes: game.passes + further.passes, seconds: game.seconds + further.seconds };
}

async function* runOcclusion(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
  writer: InputWriter,
  signal: AbortSignal,
): AsyncGenerator<Step, Part> {
  const { prepared } = input;
  const { network, memoryBytes } = context;
  const place = spatialPlaceOf(prepared, context);
  const on = latticeOn(prepared, context, parameters);
  const { lattice } = on;
  const readers = await readersFor(input, context, parameters, signal);
  const reader = readers(null);
  const intact = await readIntact(network, prepared, reader, memoryBytes, signal);
  const hidden = hiddenChannels(prepared, parameters.channels);
  const inHu = prepared.grid !== null && hidden.some(({ transform, absent }) => transform !== null && absent === null);
  const choices = choicesOf(parameters);
  const donors = await donorsOf(input, context, choices, parameters, signal);
  const means = { noiseDraws: parameters.noiseDraws, donors: donors.inputs };
  const anatomy = anatomyOf(input);
  const { players, warnings: playerWarnings } =
    anatomy && parameters.game ? playersOf(input, context, anatomy, parameters) : { players: null, warnings: [] };

  const entries = prepared.array.shape[0] ?? 1;
  const leaveOut = players?.ownLabel === true ? players.of.map((player) => (player === 0 ? 1 : 0)) : null;
  const gameReader = players ? (leaveOut ? readers(leaveOut) : reader) : null;
  const entryNumbers = Array.from({ length: entries }, (_, entry) => entry);
  const counted = entryNumbers.filter((entry) => reader.counts(entry)).length;
  const gameEntries = gameReader ? entryNumbers.filter((entry) => gameReader.counts(entry)).length : 0;
  const secondsAPass = context.secondsAPass ?? usualSecondsAPass;
  // One for all fillings; it holds nothing before it is first asked.
  const quick = Number.isFinite(intact.baseline)
    ? await occluderFor({ network, prepared, reader }, on, memoryBytes)
    : null;
  const gain = quick?.forecast.gain ?? 1;
  const latticeCost = (choice: FillChoice): number =>
    lattice.count *
    drawsOf(choice, parameters) *
    ((secondsAPass * counted) / entries / gain + boxSeconds(choice, prepared, parameters, on.size));
  const playing = gameReader && gameEntries > 0 && place ? { reader: gameReader, stackMm: place.stackMm } : null;
  const gameOf = { prepared, channels: parameters.channels, window: on.size.window };
  const played = gameCost(gameEntries, shiftsFor(context), gameOf);
  const costOfGame = playing ? played.passes * secondsAPass + played.seconds : 0;
  const shared = {
    ...gameOf,
    context: context.recipe?.context ?? 0,
    recipeChannels: context.recipe?.channels.length ?? 1,
    stackMm: place?.stackMm ?? [],
    seed: parameters.seed,
    secondsAPass,
    signal,
  };
  const { inquiries, warnings: furtherWarnings } = anatomy
    ? inquiriesOf({ ...shared, input, analysis: context, parameters, choices, means, anatomy, on, readers })
    : { inquiries: [], warnings: [] };
  const ending = secondsAVoxelAtEnd * (prepared.array.values.length / (prepared.array.shape.at(-1) ?? 1));
  const stages = stagesOf([
    ...choices.map(latticeCost),
    costOfGame,
    ...inquiries.map(({ seconds }) => seconds),
    ending,
  ]);
  const scaled = (step: Step): Step => (step.kind === 'progress' ? { ...step, done: stages.at(step.done) } : step);

  const runs: { readonly name: string; readonly run: LatticeRun; readonly scoring: Scoring }[] = [];
  try {
    for (const choice of choices) {
      const setting = {
        window: on.size.window,
        seed: parameters.seed,
        ...means,
        spacingMm: place?.spacingMm ?? null,
      };
      const scoring = { network, prepared, reader, intact, signal, hider: hiderOf(prepared, choice, hidden, setting) };
      function* picture(drops: Float64Array): Cuttable<Step | null> {
        return prepared.grid && runs.length === 0
          ? { kind: 'partial', volumes: { map: inputVolume(prepared, yield* meanMap(lattice, drops)) } }
          : null;
      }
      const running = runLattice(scoring, on, { occluder: quick?.occluder ?? null, memoryBytes }, picture);
      let step = await running.next();
      for (; !step.done; step = await running.next()) yield scaled(step.value);
      stages.next();
      runs.push({ name: fillName(choice), run: step.value, scoring });
      if (step.value.stopped) break;
    }
  } finally {
    quick?.occluder.close();
  }
  let stopped = runs.some(({ run }) => run.stopped);
  const [main] = runs;
  if (!main) throw new Error('an occlusion has at least one filling');
  const check = stopped ? { positions: 0, largestDifference: 0 } : await selfCheck(main.scoring, on, main.run);

  let game: OcclusionValues['game'] = null;
  if (players && playing && !stopped) {
    const steps = playGame(
      {
        ...shared,
        ...playing,
        network,
        players,
        memoryBytes,
        shifts: shiftsFor(context),
      },
      check.largestDifference,
    );
    try {
      let step = await steps.next();
      for (; !step.done; step = await steps.next()) yield scaled(step.value);
      const { effect, usable, fills, specific } = step.value;
      game = { structure: players.structure, usable, effect, fills: [...fills], specific };
    } catch (thrown) {
      // The lattice is whole: it is kept without the game.
      if (!signal.aborted) throw thrown;
      stopped = true;
    }
  }
  stages.next();
  const further: { -readonly [Key in keyof Further]: Further[Key] } = {
    ...(donors.figures.length > 0 ? { donors: donors.figures } : {}),
  };
  let features: FeatureRows | null = null;
  const mapped: Mapped = { floor: check.largestDifference, run: main.run, scoring: main.scoring };
  for (const inquiry of inquiries) {
    if (stopped) break;
    const steps = inquiry.run(mapped);
    let step = await steps.next();
    for (; !step.done; step = await steps.next()) yield scaled(step.value);
    stages.next();
    Object.assign(further, step.value.found);
    features = step.value.features ?? features;
    stopped = step.value.stopped;
  }

  const count = lattice.axes.map(({ starts }) => starts.length);
  const files: Record<string, string | Record<string, { drops: string; map: string }>> = {};
  // What was computed is put together and kept, whenever the run was stopped.
  const keeping = new AbortController().signal;
  const maps: (Maps & { readonly name: string })[] = [];
  for (const { name, run } of runs) {
    const map = await inTurns(meanMap(lattice, run.drops), keeping);
    maps.push({ name, drops: Float32Array.from(run.drops), map });
  }
  const others: Record<string, { drops: string; map: string }> = {};
  for (const [n, one] of maps.entries()) {
    const saved = await save(prepared, writer, n === 0 ? '' : `${one.name.replaceAll(/[ /\\]+/g, '_')}-`, one, count);
    if (n === 0) Object.assign(files, saved);
    else others[one.name] = saved;
  }
  if (Object.keys(others).length > 0) files['fills'] = others;

  const [firstMap] = maps;
  if (parameters.localisation && anatomy && place && firstMap && !stopped) {
    const windowMm = Math.max(...on.size.window.map((w, axis) => w * (place.spacingMm[axis] ?? 1)));
    const localising = {
      map: inputVolume(prepared, firstMap.map),
      body: anatomy.body,
      image: imageOf(prepared),
      toleranceMm: Math.max(5, windowMm / 2),
      seed: parameters.seed,
    };
    further.localisation = await inTurns(localise(localising, anatomy.parts), keeping);
  }
  const outcome = { prepared, on, place, reader, intact, runs, maps, anatomy, check, game, further, inHu };
  const values = await inTurns(valuesOf(outcome), keeping);
  const warnings: Warning[] = [...prepared.warnings, ...playerWarnings, ...furtherWarnings];
  if (players && !playing) warnings.push(warningOf('analysis/nothing-to-play', { structure: players.structure }));
  if (on.size.assumed) warnings.push(warningOf('analysis/window-assumed', { window: on.size.window.join(' × ') }));
  const unread = main.run.drops.some(
    (drop, position) => Number.isNaN(drop) && !Number.isNaN(main.run.changeRms[position] ?? NaN),
  );
  if (!Number.isFinite(intact.baseline) || unread) warnings.push(warningOf('analysis/score-not-a-number'));
  const agreement = values.fillAgreement;
  if (agreement !== null && agreement < 0.6)
    warnings.push(warningOf('analysis/fills-disagree', { r: agreement.toFixed(2) }));

  const kept: Kept = {
    patient: prepared.patient,
    structures: values.structures,
    game: game
      ? { usable: game.usable, fills: game.fills, specific: game.specific, ownLabel: players?.ownLabel ?? false }
      : null,
    further,
    features,
    fillAgreement: agreement,
    ownLabel: players?.ownLabel ?? false,
    hasStructures: anatomy !== null,
  };
  return { result: { id: prepared.id, values, files, warnings }, kept, ...(stopped ? { partial: true } : {}) };
}
