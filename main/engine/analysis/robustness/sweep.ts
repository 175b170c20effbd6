import type { BreakingFigures, RobustnessStep } from '../../../../shared/analysis/robustness';
import { familyFacts, sizeOf, type FamilyFacts, type Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { Context } from '../analysis';
import { medianSurvival, survivalOf } from '../statistics/kaplanMeier';
import { ask, statesAtOnce } from './ask';
import type { Family, FoundAttack } from './family';
import type { Judge, State } from './judge';
import type { DegradedInput, Subject } from './subject';

/** Halvings between the last good severity and the first bad one. */
const halvings = 6;

/** One side of the grid, from the mildest to the worst; names stand each for itself. */
interface Side {
  readonly severities: readonly Severity[];
  readonly named: boolean;
}

/** The grid apart by sign, each side outward; names in the order in which they were asked. */
export function sidesOf(facts: FamilyFacts, severities: readonly Severity[]): readonly Side[] {
  const numbers = [...new Set(severities.filter((q): q is number => typeof q === 'number'))];
  const outward = (side: readonly number[]): Side => ({
    severities: [...side].sort((a, b) => sizeOf(facts, a) - sizeOf(facts, b)),
    named: false,
  });
  const words = [...new Set(severities.filter((q): q is string => typeof q === 'string'))];
  return [
    ...[numbers.filter((q) => q < 0), numbers.filter((q) => q >= 0)].filter((side) => side.length > 0).map(outward),
    ...(words.length > 0 ? [{ severities: words, named: true }] : []),
  ];
}

/** Half-way between a good and a bad severity: in log q, or in q itself below the first severity of a grid that begins at 0. */
const between = (good: number, bad: number, linear: boolean): number =>
  linear ? (good + bad) / 2 : Math.sign(bad) * Math.sqrt(good * bad);

/** What one draw met: its states along the grid, and where it broke. */
interface Draw {
  readonly states: ReadonlyMap<Severity, State>;
  readonly flip: Crossing;
  readonly wrong: Crossing;
}

interface Crossing {
  readonly severity: Severity | null;
  readonly recovers: boolean;
}

interface Met {
  readonly at: Severity;
  readonly size: number;
  readonly recovers: boolean;
}

/** What is asked of each state: the confident error counts at the same confidence everywhere. */
export type Test = (state: State) => boolean;

export interface SweepRequest {
  readonly subject: Subject;
  readonly family: Family;
  readonly severities: readonly Severity[];
  readonly seeds: readonly number[];
  readonly judge: Judge;
  readonly move: 'all' | 'image';
  readonly context: Context;
  readonly signal: AbortSignal;
  /** A clean answer that is wrong already cannot become so. */
  readonly alreadyWrong: boolean;
  /** Called with each degraded input of the grid, for the first seed. */
  readonly shown?: (severity: Severity, input: DegradedInput) => Promise<void>;
}

export interface SweepOutcome {
  readonly steps: readonly RobustnessStep[];
  readonly flip: BreakingFigures;
  readonly confidentlyWrong: BreakingFigures;
  readonly found: FoundAttack | null;
  readonly passes: number;
}

/** Tries every severity with every seed, and finds where the answer breaks. Yields the share that is done. */
export async function* sweep(request: SweepRequest): AsyncGenerator<number, SweepOutcome> {
  const { subject, family, judge, move, signal, context } = request;
  const facts = familyFacts[family.id];
  const seeds = facts.stochastic === true ? request.seeds : request.seeds.slice(0, 1);
  const sides = sidesOf(facts, request.severities);
  const draws: Draw[] = [];
  let found: FoundAttack | null = null;
  let passes = 0;

  for (const [n, seed] of seeds.entries()) {
    const degrading = await family.begin({ subject, seed, judge, move, signal });
    found ??= degrading.found ?? null;
    const states = new Map<Severity, State>();
    const stateAt = async (severity: Severity): Promise<State> => {
      const degraded = await degrading.at(severity);
      const [outputs] = await ask(context, [degraded.prepared], judge.fetches, signal);
      passes += degraded.prepared.array.shape[0] ?? 1;
      return judge.state(outputs as NonNullable<typeof outputs>, degraded);
    };
    const grid = sides.flatMap(({ severities }) => severities);
    const together = statesAtOnce(context, subject.input.prepared);
    for (let from = 0; from < grid.length; from += together) {
      const some = grid.slice(from, from + together);
      const inputs: DegradedInput[] = [];
      for (const severity of some) {
        const degraded = await degrading.at(severity);
        if (n === 0) await request.shown?.(severity, degraded);
        inputs.push(degraded);
      }
      const outputs = await ask(
        context,
        inputs.map(({ prepared }) => prepared),
        judge.fetches,
        signal,
      );
      inputs.forEach((degraded, at) => {
        passes += degraded.prepared.array.shape[0] ?? 1;
        states.set(some[at] as Severity, judge.state(outputs[at] as NonNullable<(typeof outputs)[number]>, degraded));
      });
      yield (n + (0.7 * Math.min(grid.length, from + together)) / grid.length) / seeds.length;
    }
    const flip = await crossingOf(sides, facts, states, stateAt, (state) => judge.flipped(state));
    const wrong = request.alreadyWrong
      ? { severity: null, recovers: false }
      : await crossingOf(sides, facts, states, stateAt, (state) => state.confidentWrong === true);
    draws.push({ states, flip, wrong });
    yield (n + 1) / seeds.length;
  }

  const worst = Math.max(...request.severities.map((q) => (typeof q === 'number' ? sizeOf(facts, q) : 0)), 0);
  const flip = breakingOf(
    draws.map((draw) => draw.flip),
    facts,
    worst,
  );
  return {
    steps: sides
      .flatMap(({ severities }) => severities)
      .map((severity) =>
        stepOf(
          severity,
          draws.map(({ states }) => states.get(severity) as State),
          judge,
        ),
      ),
    // An attack that looks for the smallest pattern itself needs no grid to have found it.
    flip: found === null ? flip : { ...flip, severity: found.severity, first: found.severity, reached: 1 },
    confidentlyWrong: breakingOf(
      draws.map((draw) => draw.wrong),
      facts,
      worst,
    ),
    found,
    passes,
  };
}

/** The first crossing over all sides, of the least size; each is narrowed down and its bad end given. */
async function crossingOf(
  sides: readonly Side[],
  facts: FamilyFacts,
  states: ReadonlyMap<Severity, State>,
  stateAt: (severity: Severity) => Promise<State>,
  broken: Test,
): Promise<Crossing> {
  let best: Met | null = null;
  for (const [rank, { severities, named }] of sides.entries()) {
    const at = severities.findIndex((severity) => broken(states.get(severity) as State));
    if (at < 0) continue;
    const recovers = severities.slice(at).some((severity) => !broken(states.get(severity) as State));
    if (named) {
      // Names have no size: one counts where no number breaks the answer.
      best ??= { at: severities[at] as Severity, size: Infinity, recovers };
      continue;
    }
    let good = at === 0 ? facts.clean : (severities[at - 1] as number);
    let bad = severities[at] as number;
    const linear = good === 0;
    for (let step = 0; step < halvings && sizeOf(facts, bad) > 0; step++) {
      const middle = between(good, bad, linear);
      if (broken(await stateAt(middle))) bad = middle;
      else good = middle;
    }
    const size = sizeOf(facts, bad);
    if (best === null || size < best.size || (size === best.size && rank > 0 && bad > 0 && Number(best.at) < 0))
      best = { at: bad, size, recovers };
  }
  return best === null ? { severity: null, recovers: false } : { severity: best.at, recovers: best.recovers };
}

/** Over several draws: the median, those that never broke being censored, and the smallest. */
function breakingOf(crossings: readonly Crossing[], facts: FamilyFacts, worst: number): BreakingFigures {
  const sized = crossings.map(({ severity }) => ({
    severity,
    size: severity === null ? null : typeof severity === 'string' ? Infinity : sizeOf(facts, severity),
  }));
  const met = sized.filter((one): one is { severity: Severity; size: number } => one.size !== null);
  const median = medianSurvival(
    survivalOf(sized.map(({ size }) => ({ time: size ?? worst, happened: size !== null }))),
  );
  const [first] = [...met].sort((a, b) => a.size - b.size);
  return {
    severity: median === null ? null : (met.find(({ size }) => size === median)?.severity ?? null),
    first: first?.severity ?? null,
    reached: met.length,
    draws: crossings.length,
    recovers: crossings.filter(({ recovers }) => recovers).length,
  };
}

const meanOf = (values: readonly (number | null | undefined)[]): number | null => {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

const shareOf = (values: readonly (boolean | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.filter(Boolean).length / known.length;
};

/** One severity over all draws: means of numbers, majorities of answers. */
function stepOf(severity: Severity, states: readonly State[], judge: Judge): RobustnessStep {
  const rightShare = shareOf(states.map(({ right }) => right));
  const wrongShare = shareOf(states.map(({ confidentWrong }) => confidentWrong));
  // The first draw that answers as most do stands for what has no mean.
  const [foremost] = states;
  if (foremost === undefined) throw new Error('a severity that no draw met');
  const usual = states.find(({ right }) => rightShare === null || right === rightShare >= 0.5) ?? foremost;
  const means = (key: 'margin' | 'entropy' | 'brier' | 'nll' | 'changedShare' | 'wrongShare') =>
    usual[key] === undefined ? {} : { [key]: meanOf(states.map((state) => state[key])) };
  const { probabilities, labels, dose } = usual;
  return {
    severity,
    right: rightShare === null ? null : rightShare >= 0.5,
    confidence: meanOf(states.map(({ confidence }) => confidence)),
    confidentWrong: wrongShare === null ? null : wrongShare >= 0.5,
    rightShare,
    confidentWrongShare: wrongShare,
    flippedShare: states.filter((state) => judge.flipped(state)).length / states.length,
    draws: states.length,
    ...(usual.class === undefined ? {} : { class: usual.class }),
    ...(probabilities === undefined
      ? {}
      : { probabilities: probabilities.map((_, k) => meanOf(states.map((state) => state.probabilities?.[k]))) }),
    ...means('margin'),
    ...means('entropy'),
    ...means('brier'),
    ...means('nll'),
    ...means('changedShare'),
    ...means('wrongShare'),
    ...(labels === undefined ? {} : { labels: labels.map((label, n) => meanLabel(label, states, n)) }),
    ...(dose === undefined ? {} : { dose: meanDose(dose, states) }),
  };
}

type LabelState = NonNullable<State['labels']>[number];
function meanLabel(label: LabelState, states: readonly State[], n: number): LabelState {
  const mean = (key: 'dice' | 'hd95Mm' | 'volumeCc' | 'confidence' | 'confidentWrongCc') =>
    meanOf(states.map((state) => state.labels?.[n]?.[key]));
  return {
    ...label,
    dice: mean('dice'),
    hd95Mm: mean('hd95Mm'),
    volumeCc: mean('volumeCc'),
    confidence: mean('confidence'),
    confidentWrongCc: mean('confidentWrongCc'),
  };
}

type DoseState = NonNullable<State['dose']>;
function meanDose(dose: DoseState, states: readonly State[]): DoseState {
  const mean = (key: 'meanAbsoluteDifferenceGy' | 'failingShare' | 'meanChangeGy') =>
    meanOf(states.map((state) => state.dose?.[key]));
  return {
    meanAbsoluteDifferenceGy: mean('meanAbsoluteDifferenceGy'),
    failingShare: mean('failingShare'),
    meanChangeGy: mean('meanChangeGy'),
    structures: dose.structures.map((structure, n) => {
      const each = (key: 'meanGy' | 'd95Gy' | 'd2Gy') =>
        meanOf(states.map((state) => state.dose?.structures[n]?.[key]));
      return { ...structure, meanGy: each('meanGy'), d95Gy: each('d95Gy'), d2Gy: each('d2Gy') };
    }),
  };
}
