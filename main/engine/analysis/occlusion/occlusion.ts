import {
  occlusion as definition,
  type FillChoice,
  type OcclusionParameters,
  type OcclusionValues,
} from '../../../../shared/analysis/occlusion';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';
import type { Analysis, Context, OpenInput, Part, Step } from '../analysis';
import { entries as entriesOf } from '../feed';
import { fillAgreement } from './agreement';
import { anatomyOf } from './anatomy';
import { fillName } from './fill/list';
import { attributionVolume, thresholdsOf } from './histogram';
import { hiddenChannels, hiderOf, leastChangeHu } from './hide';
import { latticeOf, withPlanes } from './lattice';
import { meanMap } from './meanMap';
import { inputVolume, spatialPlaceOf } from './place';
import { gamePasses, playGame } from './playGame';
import { playersOf, structureInQuestion } from './players';
import { rankStructures, type Anatomy } from './ranking';
import type { ScoreReader } from './reader';
import { runLattice, selfCheck, type LatticeOnInput, type LatticeRun } from './run';
import { readIntact, type Intact, type Scoring } from './score';
import { gamesOf, summaryOf, type Kept } from './summary';
import { fetchesOf, outputOf, readerOf } from './target';
import { occlusionVerdict } from './verdict';
import { entriesIn } from './region';
import { ruling } from './verdictRules';
import { windowSizeOf, type WindowSize } from './windowSize';

const shiftsOfStructure = 40;
const fewestForShifts = 10;

const choicesOf = ({ fill }: OcclusionParameters): readonly FillChoice[] => (Array.isArray(fill) ? fill : [fill]);

/** The lattice on one input: for a study's planes in a 2D network the plane comes first. */
function latticeOn(
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

const drawsOf = (choice: FillChoice, { noiseDraws }: OcclusionParameters): number =>
  choice === 'noise' ? noiseDraws : 1;

const shiftsFor = ({ inputCount }: Context): number => (inputCount >= fewestForShifts ? shiftsOfStructure : 0);

/** A value that an input without any voxel set would not have: what was not tested stays out of the count. */
const wasTested = (changeRms: number, inHu: boolean): boolean => changeRms > 0 && (!inHu || changeRms >= leastChangeHu);

interface Maps {
  readonly drops: Float32Array;
  readonly map: Float32Array;
}

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

  passes(input, context, parameters) {
    const { prepared } = input;
    const { lattice } = latticeOn(prepared, context, parameters);
    const draws = choicesOf(parameters).reduce((sum, choice) => sum + drawsOf(choice, parameters), 0);
    const entries = prepared.array.shape[0] ?? 1;
    const { target } = parameters;
    const region = target && 'label' in target ? target.region : undefined;
    // A plane in which the score is not taken costs nothing: what is hidden there cannot change it.
    const share = prepared.dims === 2 ? entriesIn(input, context, region) / entries : 1;
    const game =
      parameters.game && prepared.grid && structureInQuestion(parameters, context)
        ? gamePasses(entries, shiftsFor(context))
        : 0;
    return Math.round(lattice.count * share) * draws + entries + game;
  },

  async *onInput(input, context, parameters, writer, signal) {
    return yield* runOcclusion(input, context, parameters, writer, signal);
  },

  conclude(parts: readonly Part[], context, parameters) {
    const kept = parts.map((part) => part.kept as Kept);
    const ruled = ruling(gamesOf(kept));
    const question = structureInQuestion(parameters, context);
    const unfinished = parts.some(({ partial }) => partial === true);
    return {
      summary: summaryOf(kept, ruled.figures),
      verdict: occlusionVerdict(ruled, kept, question?.name ?? null, unfinished),
    };
  },
};

/** Reads what one entry of the output looks like, so that the target's names can be held against it before anything is hidden. */
async function readerFor(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
  signal: AbortSignal,
): Promise<(leaveOut: Uint8Array | null) => ScoreReader> {
  const { network, memoryBytes } = context;
  const { prepared } = input;
  const { value } = fetchesOf(context, outputOf(parameters.target, context));
  const batch = Math.min(32, network.batchFor(prepared.array.shape.slice(1), memoryBytes));
  const total = prepared.array.shape[0] ?? 1;
  const inputs = prepared.arrays ?? { [network.graph.inputs[0]?.name ?? 'input']: prepared.array };
  // A classifier's default class hangs on every plane; any other target on the shape alone.
  const wanted = parameters.target ? 1 : total;
  const values: Float32Array[] = [];
  let shape: readonly number[] = [];
  for (let from = 0; from < wanted; from += batch) {
    const to = Math.min(wanted, from + batch);
    const fed = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, entriesOf(array, from, to)]));
    const output = (await network.run(fed, [value], signal)).get(value.node);
    if (!output) throw new Error(`the network gave no value of ${value.node}`);
    shape = output.shape;
    values.push(output.values);
  }
  const whole = new Float32Array(values.reduce((sum, own) => sum + own.length, 0));
  values.reduce((at, own) => (whole.set(own, at), at + own.length), 0);
  const intact = { shape: [wanted, ...shape.slice(1)], values: whole };
  return (leaveOut) => readerOf(input, context, parameters, intact, leaveOut);
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
  const readers = await readerFor(input, context, parameters, signal);
  const reader = readers(null);
  const intact = await readIntact(network, prepared, reader, memoryBytes, signal);
  const hidden = hiddenChannels(prepared, parameters.channels);
  const inHu = prepared.grid !== null && hidden.some(({ transform, absent }) => transform !== null && absent === null);
  const choices = choicesOf(parameters);
  const anatomy = anatomyOf(input);
  const { players, warnings: playerWarnings } =
    anatomy && parameters.game ? playersOf(input, context, anatomy, parameters) : { players: null, warnings: [] };

  const entries = prepared.array.shape[0] ?? 1;
  const gameCost = players ? gamePasses(entries, shiftsFor(context)) : 0;
  const totalCost = choices.reduce((sum, choice) => sum + lattice.count * drawsOf(choice, parameters), gameCost);
  let spent = 0;
  const scaled = (step: Step, cost: number): Step =>
    step.kind === 'progress' ? { ...step, done: (spent + step.done * cost) / totalCost } : step;

  const runs: { readonly name: string; readonly run: LatticeRun; readonly scoring: Scoring }[] = [];
  for (const choice of choices) {
    const setting = {
      window: on.size.window,
      seed: parameters.seed,
      noiseDraws: parameters.noiseDraws,
      spacingMm: place?.spacingMm ?? null,
    };
    const scoring = { network, prepared, reader, intact, signal, hider: hiderOf(prepared, choice, hidden, setting) };
    const picture = (drops: Float64Array): Step | null =>
      prepared.grid && runs.length === 0
        ? { kind: 'partial', volumes: { map: inputVolume(prepared, meanMap(lattice, drops)) } }
        : null;
    const cost = lattice.count * drawsOf(choice, parameters);
    const running = runLattice(scoring, on, memoryBytes, picture);
    let step = await running.next();
    for (; !step.done; step = await running.next()) yield scaled(step.value, cost);
    spent += cost;
    runs.push({ name: fillName(choice), run: step.value, scoring });
    if (step.value.stopped) break;
  }
  const stopped = runs.some(({ run }) => run.stopped);
  const [main] = runs;
  if (!main) throw new Error('an occlusion has at least one filling');
  const check = stopped ? { positions: 0, largestDifference: 0 } : await selfCheck(main.scoring, on, main.run);

  let game: OcclusionValues['game'] = null;
  if (players && place && !stopped) {
    const playing = playGame(
      {
        network,
        prepared,
        reader: readers(players.ownLabel ? players.of.map((player) => (player === 1 ? 1 : 0)) : null),
        players,
        context: context.recipe?.context ?? 0,
        recipeChannels: context.recipe?.channels.length ?? 1,
        channels: parameters.channels,
        window: on.size.window,
        stackMm: place.stackMm,
        seed: parameters.seed,
        memoryBytes,
        shifts: shiftsFor(context),
        signal,
      },
      check.largestDifference,
    );
    let step = await playing.next();
    for (; !step.done; step = await playing.next()) yield scaled(step.value, gameCost);
    const { effect, usable, fills, specific } = step.value;
    game = { structure: players.structure, usable, effect, fills: [...fills], specific };
  }

  const count = lattice.axes.map(({ starts }) => starts.length);
  const files: Record<string, string | Record<string, { drops: string; map: string }>> = {};
  const maps = runs.map(({ name, run }) => ({
    name,
    drops: Float32Array.from(run.drops),
    map: meanMap(lattice, run.drops),
  }));
  const others: Record<string, { drops: string; map: string }> = {};
  for (const [n, one] of maps.entries()) {
    const saved = await save(prepared, writer, n === 0 ? '' : `${one.name.replaceAll(' ', '_')}-`, one, count);
    if (n === 0) Object.assign(files, saved);
    else others[one.name] = saved;
  }
  if (Object.keys(others).length > 0) files['fills'] = others;

  const values = valuesOf({ prepared, on, place, reader, intact, runs, maps, anatomy, check, game, inHu });
  const warnings: Warning[] = [...prepared.warnings, ...playerWarnings];
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
    fillAgreement: agreement,
    ownLabel: players?.ownLabel ?? false,
    hasStructures: anatomy !== null,
  };
  return { result: { id: prepared.id, values, files, warnings }, kept, ...(stopped ? { partial: true } : {}) };
}

interface Outcome {
  readonly prepared: PreparedInput;
  readonly on: LatticeOnInput & { readonly size: WindowSize };
  readonly place: ReturnType<typeof spatialPlaceOf>;
  readonly reader: ScoreReader;
  readonly intact: Intact;
  readonly runs: readonly { readonly name: string; readonly run: LatticeRun; readonly scoring: Scoring }[];
  readonly maps: readonly Maps[];
  readonly anatomy: Anatomy | null;
  readonly check: OcclusionValues['selfCheck'];
  readonly game: OcclusionValues['game'];
  readonly inHu: boolean;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function valuesOf({
  prepared,
  on,
  place,
  reader,
  intact,
  runs,
  maps,
  anatomy,
  check,
  game,
  inHu,
}: Outcome): OcclusionValues {
  const { lattice } = on;
  const [main] = runs;
  const [first] = maps;
  if (!main || !first) throw new Error('an occlusion has at least one filling');
  const { run } = main;
  const tested = Float64Array.from(run.changeRms, (rms) => (Number.isNaN(rms) ? NaN : wasTested(rms, inHu) ? 1 : 0));
  const volume = prepared.grid ? inputVolume(prepared, first.map) : null;
  const structures =
    volume && anatomy ? rankStructures(volume, inputVolume(prepared, meanMap(lattice, tested)).values, anatomy) : [];
  const thresholds = volume ? thresholdsOf(volume.values) : [];
  const windowMm = place ? on.size.window.map((w, axis) => w * (place.spacingMm[axis] ?? 1)) : null;
  return {
    target: { ...reader.target },
    score: reader.score,
    unit: reader.unit,
    baseline: finite(intact.baseline),
    ...(intact.baselines ? { baselines: intact.baselines.map(finite) } : {}),
    lattice: {
      start: lattice.axes.map(({ starts }) => starts[0] ?? 0),
      step: lattice.axes.map(({ step }) => step),
      count: lattice.axes.map(({ starts }) => starts.length),
      windowVoxels: lattice.axes.map(({ window }) => window),
      windowMm,
    },
    fill: main.name,
    passes: lattice.count * main.scoring.hider.draws,
    computed: run.computed,
    notTested: tested.filter((t) => t === 0).length,
    structures,
    histograms: {
      thresholds,
      curves:
        volume && anatomy
          ? anatomy.parts.map(({ name, mask }) => ({
              name,
              volume: attributionVolume(volume.values, mask, thresholds),
            }))
          : [],
    },
    fillAgreement: fillAgreement(
      maps.map(({ map }) => (prepared.grid ? inputVolume(prepared, map).values : map)),
      anatomy?.body ?? null,
    ),
    selfCheck: check,
    numericalFloor: check.largestDifference,
    game,
  };
}
