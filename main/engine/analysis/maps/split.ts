import type { MapsSplit } from '../../../../shared/analysis/maps';
import {
  cramersV,
  fisherExact,
  fisherLeast,
  likelihoodRatio,
  oddsRatio,
  permutationP,
  permutedRatios,
} from '../statistics/contingency';
import { drawsOf } from '../statistics/draws';
import { mannWhitney } from '../statistics/mannWhitney';
import { benjaminiHochberg } from '../statistics/multiplicity';
import { quantile } from '../statistics/quantile';
import { firedByPatient, type LayerPool } from './pool';

/** Short names of the attributes that studies are split by most. */
const shortNames: Readonly<Record<string, string>> = {
  scanner: 'ManufacturerModelName',
  kernel: 'ConvolutionKernel',
  sex: 'PatientSex',
  age: 'PatientAge',
  site: 'InstitutionName',
  mas: 'Exposure',
  thickness: 'SliceThickness',
};

/** Fewer patients than this at a level, and it is not tested. */
const fewestPatients = 5;

const q = 0.05;

/** Tags that go this closely with the one asked for cannot be told from it. */
const confoundedFrom = 0.7;

/** What is known of one input of one patient, by name. */
export interface TaggedInput {
  readonly patient: string;
  readonly tags: Readonly<Record<string, string | number>>;
}

/** The value of a tag by its name, its short name, or its name in other letters; numbers written in one way. */
function valueOf(tags: TaggedInput['tags'], tag: string): string | null {
  const wanted = shortNames[tag.toLowerCase()] ?? tag;
  const name =
    [tag, wanted].find((key) => Object.hasOwn(tags, key)) ??
    Object.keys(tags).find((key) => key.toLowerCase() === wanted.toLowerCase());
  const value = name === undefined ? '' : String(tags[name]).trim();
  return value === '' ? null : Number.isFinite(Number(value)) ? String(Number(value)) : value;
}

/** A number as it stands, or the years of a DICOM age (063Y, 018M). */
function numberOf(value: string): number {
  const age = /^(\d{3})([DWMY])$/.exec(value);
  if (!age) return Number(value);
  return Number(age[1]) * ({ D: 1 / 365.25, W: 7 / 365.25, M: 1 / 12, Y: 1 }[age[2] ?? 'Y'] ?? 1);
}

/** Numbers by size, before words in their order. */
function byValue(one: string, other: string): number {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (Number.isFinite(a) && Number.isFinite(b)) return a - b;
  if (Number.isFinite(a) !== Number.isFinite(b)) return Number.isFinite(a) ? -1 : 1;
  return one < other ? -1 : 1;
}

/** One level a patient: null where it has none, or its inputs have several. */
function levelByPatient(inputs: readonly TaggedInput[], tag: string): Map<string, string | null> {
  const levels = new Map<string, string | null>();
  for (const { patient, tags } of inputs) {
    const own = valueOf(tags, tag);
    const before = levels.get(patient);
    levels.set(patient, before === undefined || before === own ? own : null);
  }
  return levels;
}

/** Other tags that go with this one so closely that the difference may as well be theirs. */
function confoundedWith(
  inputs: readonly TaggedInput[],
  tag: string,
  levels: ReadonlyMap<string, string>,
): MapsSplit['confounded'] {
  const asked = shortNames[tag.toLowerCase()] ?? tag;
  const others = new Set(inputs.flatMap(({ tags }) => Object.keys(tags)));
  const found: { tag: string; cramersV: number }[] = [];
  for (const other of others) {
    if (other.toLowerCase() === asked.toLowerCase() || other === tag) continue;
    const own = levelByPatient(inputs, other);
    const both = [...levels].flatMap(([patient, level]) => {
      const second = own.get(patient) ?? null;
      return second === null ? [] : [[level, second] as const];
    });
    const kinds = new Set(both.map(([, second]) => second)).size;
    // A tag that is another one in nearly every patient goes with anything.
    if (both.length < 2 * fewestPatients || kinds > both.length / 2) continue;
    const v = cramersV(
      both.map(([level]) => level),
      both.map(([, second]) => second),
    );
    if (v !== null && v >= confoundedFrom) found.push({ tag: other, cramersV: v });
  }
  return found.sort((a, b) => b.cramersV - a.cramersV);
}

type Row = MapsSplit['layers'][number]['channels'][number];
type Tested = Omit<Row, 'adjusted' | 'differs'>;

/** How one channel is tested, and the smallest p that this could give for so many who fired. */
interface Test {
  readonly kind: 'fisher' | 'permutation' | 'mann-whitney';
  least(fired: number): number;
  of(channel: number, fired: ReadonlyMap<string, boolean>): Tested;
}

function byLevels(tag: string, groups: ReadonlyMap<string, readonly string[]>): Test {
  const members = [...groups.values()];
  const sizes = members.map((patients) => patients.length);
  const [one = 0, other = 0] = sizes;
  const firedIn = (fired: ReadonlyMap<string, boolean>): number[] =>
    members.map((patients) => patients.filter((patient) => fired.get(patient) === true).length);
  if (sizes.length === 2) {
    return {
      kind: 'fisher',
      least: (fired) => fisherLeast(one, other, fired),
      of(channel, fired) {
        const [a = 0, b = 0] = firedIn(fired);
        const table = [
          [a, one - a],
          [b, other - b],
        ] as const;
        return { channel, fired: [a, b], p: fisherExact(table), oddsRatio: oddsRatio(table), medians: null };
      },
    };
  }
  const nulls = new Map<number, Float64Array>();
  return {
    kind: 'permutation',
    least: (fired) => (fired === 0 || fired === sizes.reduce((sum, n) => sum + n, 0) ? 1 : 1e-4),
    of(channel, fired) {
      const counts = firedIn(fired);
      const positives = counts.reduce((sum, n) => sum + n, 0);
      const rising = nulls.get(positives) ?? permutedRatios(sizes, positives, drawsOf(1, `split/${tag}`));
      nulls.set(positives, rising);
      const statistic = likelihoodRatio(counts.map((n, g) => [n, (sizes[g] ?? 0) - n]));
      return { channel, fired: counts, p: permutationP(statistic, rising), oddsRatio: null, medians: null };
    },
  };
}

function byNumber(values: ReadonlyMap<string, number>): Test {
  const patients = [...values.keys()];
  const of = (which: readonly string[]): number[] => which.map((patient) => values.get(patient) ?? NaN);
  let ways = 1;
  const choose = Array.from({ length: patients.length + 1 }, (_, k) => {
    if (k > 0) ways = (ways * (patients.length - k + 1)) / k;
    return ways;
  });
  return {
    kind: 'mann-whitney',
    least: (fired) => Math.min(1, 2 / (choose[fired] ?? 1)),
    of(channel, fired) {
      const on = of(patients.filter((patient) => fired.get(patient) === true));
      const off = of(patients.filter((patient) => fired.get(patient) !== true));
      return {
        channel,
        fired: [on.length],
        p: mannWhitney(on, off),
        oddsRatio: null,
        medians: [quantile(on, 0.5), quantile(off, 0.5)],
      };
    },
  };
}

function testedLayer(
  node: string,
  pool: LayerPool,
  patients: ReadonlySet<string>,
  test: Test,
): MapsSplit['layers'][number] {
  const tested: Tested[] = [];
  const family = pool.channels.length;
  for (const channel of pool.channels.keys()) {
    const all = firedByPatient(pool, channel);
    const fired = new Map([...all].filter(([patient]) => patients.has(patient)));
    const count = [...fired.values()].filter((own) => own).length;
    // What could not be significant whatever was seen is no test: it would only weaken the others.
    if (test.least(count) <= q / family) tested.push(test.of(channel, fired));
  }
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  return {
    node,
    family,
    tested: tested.length,
    channels: tested.map((row, n) => ({ ...row, adjusted: adjusted[n] ?? 1, differs: (adjusted[n] ?? 1) <= q })),
  };
}

/** Levels of numbers, of which there are more than two, are compared by rank. */
const isNumeric = (levels: readonly string[]): boolean =>
  levels.length > 2 && levels.every((level) => Number.isFinite(numberOf(level)));

/**
 * Whether each channel answers in other patients at one level of a tag than at another: fired or silent, by patient.
 * *Source* methods §1.1, Split by DICOM tag; Fisher 1935; Tarone 1990; Benjamini & Hochberg 1995.
 */
export function splitByTag(
  pools: ReadonlyMap<string, LayerPool>,
  inputs: readonly TaggedInput[],
  tag: string,
): MapsSplit {
  const all = levelByPatient(inputs, tag);
  const known = new Map([...all].flatMap(([patient, level]) => (level === null ? [] : [[patient, level] as const])));
  const groups = new Map<string, string[]>();
  for (const [patient, level] of known) groups.set(level, [...(groups.get(level) ?? []), patient]);
  const ordered = new Map([...groups].sort(([one], [other]) => byValue(one, other)));
  const levels = [...ordered].map(([level, patients]) => ({ level, patients: patients.length }));
  const told = { tag, levels, leftOut: all.size - known.size, confounded: confoundedWith(inputs, tag, known) };
  const without = (reason: MapsSplit['reason']): MapsSplit => ({ ...told, test: null, reason, layers: [] });
  if (known.size === 0) return without('no-tag');
  if (levels.length === 1) return without('one-level');

  let test: Test;
  let patients: ReadonlySet<string>;
  if (isNumeric([...ordered.keys()])) {
    if (known.size < 2 * fewestPatients) return without('few-patients');
    test = byNumber(new Map([...known].map(([patient, level]) => [patient, numberOf(level)])));
    patients = new Set(known.keys());
  } else {
    const large = new Map([...ordered].filter(([, members]) => members.length >= fewestPatients));
    if (large.size < 2) return without('few-patients');
    test = byLevels(tag, large);
    patients = new Set([...large.values()].flat());
  }
  return {
    ...told,
    test: {
      kind: test.kind,
      levels:
        test.kind === 'mann-whitney'
          ? []
          : levels.filter((own) => own.patients >= fewestPatients).map(({ level }) => level),
    },
    reason: null,
    layers: [...pools].map(([node, pool]) => testedLayer(node, pool, patients, test)),
  };
}
