import type { FillChoice } from '../../../../shared/analysis/occlusion';
import type { DependenceEntry, DependenceMatrix } from '../../../../shared/analysis/occlusionFurther';
import { voxelCc, type Volume } from '../../../../shared/volume';
import type { Fetch } from '../../network/network';
import { distanceMm } from '../../volume/distance';
import { dice, hausdorff95Mm } from '../../volume/overlap';
import type { Context, OpenInput, Step } from '../analysis';
import { inTurns, type Cuttable } from '../cuttable';
import { entrySize } from '../feed';
import { maskOfLabel, type MapLabel } from '../labelMap';
import { placingOf } from '../placing';
import { fileActivationOf } from '../probability';
import { receptiveFieldOf } from '../receptiveField';
import { secondsOfRegion, secondsToPrepare } from './fill/cost';
import { fillName } from './fill/list';
import { channelFill, hiddenChannels, type FillMeans } from './hide';
import { hidingWith, type HidingSetting } from './hiding';
import { outputGridOf, type OutputGrid } from './outputGrid';
import { radiusMm, seesHidden } from './reach';
import { withoutMask } from './region';
import { batchOf, runCopies } from './score';
import { segmented, type Segmented, type SegmentationOutput } from './segmentation';

/** A structure that is hidden, with its margin. */
export interface HiddenStructure {
  readonly name: string;
  readonly cc: number;
  /** Network order, the input's voxels. */
  readonly of: Uint8Array;
  /** Labels of which it is the structure. */
  readonly labels: readonly string[];
}

export interface DependenceSetting extends Omit<HidingSetting, 'players'> {
  readonly input: OpenInput;
  readonly analysis: Context;
  readonly output: SegmentationOutput;
  readonly fetch: Fetch;
  readonly rows: readonly HiddenStructure[];
  readonly choices: readonly FillChoice[];
  readonly means: FillMeans;
  readonly signal: AbortSignal;
}

/** Entries that are run again alone: how far the same number moves with the shape of the batch. */
const entriesAgain = 3;
/** Probabilities closer than this are equal in single precision, whatever order they were summed in. */
const rounding = 1e-6;
/** Overlaps and distances of one row, roughly. Units: s per voxel and label. */
const secondsAFigure = 6e-8;
const usualLabels = 6;

/** What the matrix costs at most: forward passes in batch entries, and seconds beside them. */
export function dependenceCost(
  rows: number,
  choices: readonly FillChoice[],
  { prepared, channels, window }: Pick<HidingSetting, 'prepared' | 'channels' | 'window'>,
): { readonly passes: number; readonly seconds: number } {
  const entries = prepared.array.shape[0] ?? 1;
  const voxels = prepared.array.values.length / (prepared.array.shape.at(-1) ?? 1);
  const images = hiddenChannels(prepared, channels).filter(({ absent }) => absent === null).length;
  const filling = choices.reduce(
    (sum, choice) =>
      sum + images * (secondsToPrepare(choice, voxels, window) + rows * secondsOfRegion(choice, voxels / 20, voxels)),
    0,
  );
  return {
    passes: entries * (1 + rows * choices.length) + Math.min(entriesAgain, entries),
    seconds: filling + rows * choices.length * usualLabels * voxels * secondsAFigure,
  };
}

/** The intact prediction, and how its voxels lie. */
interface Clean extends Segmented {
  /** Of the output, batch entries first. */
  readonly shape: readonly number[];
  /** Map voxels of one entry. */
  readonly size: number;
  readonly grid: OutputGrid;
  readonly floor: number;
}

/**
 * Hides one structure after the other and reads every label again, on the voxels outside what is hidden. On cancel it ends with the rows of
 * the first filling that are whole.
 */
export async function* dependenceOf(
  setting: DependenceSetting,
): AsyncGenerator<Step, { readonly matrix: DependenceMatrix | null; readonly stopped: boolean }> {
  const { rows, choices, prepared, means, signal } = setting;
  const lists: { readonly fill: string; readonly entries: DependenceEntry[] }[] = [];
  let clean: Clean | null = null;
  let passes = 0;
  let stopped = false;
  let done = 0;
  const all = 1 + rows.length * choices.length;
  const after = (): Step => ({ kind: 'progress', done: ++done / all, stage: 'dependence matrix' });
  try {
    const intact = await cleanOf(setting);
    clean = intact.clean;
    passes += intact.passes;
    yield after();
    for (const choice of choices) {
      const list: DependenceEntry[] = [];
      lists.push({ fill: fillName(choice), entries: list });
      const nobody = { of: new Uint8Array(0), count: 0 };
      const hiding = await inTurns(
        hidingWith({ ...setting, players: nobody }, (channel) => channelFill(prepared, choice, channel, means)),
        signal,
      );
      for (const row of rows) {
        const { values } = (await inTurns(hiding.region(row.of), signal)).array;
        const seen = await hiddenRun(setting, clean, values);
        passes += seen.entries.length;
        list.push(...(await inTurns(entriesOf(setting, clean, row, seen), signal)));
        yield after();
      }
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    stopped = true;
  }
  return { matrix: clean ? matrixOf(setting, clean, lists, passes) : null, stopped };
}

/** Some entries run with these values. */
async function runEntries(
  { analysis: { network, memoryBytes }, prepared, fetch, output, signal }: DependenceSetting,
  values: Float32Array,
  entries: readonly number[],
  batch: number = batchOf(network, prepared.array, memoryBytes),
): Promise<readonly (Segmented & { readonly shape: readonly number[] })[]> {
  const size = entrySize(prepared.array);
  const copies = new Float32Array(Math.min(batch, entries.length) * size);
  const file = fileActivationOf(network);
  const parts: (Segmented & { readonly shape: readonly number[] })[] = [];
  for (let from = 0; from < entries.length; from += batch) {
    const group = entries.slice(from, from + batch);
    group.forEach((entry, n) => {
      copies.set(values.subarray(entry * size, (entry + 1) * size), n * size);
    });
    const array = await runCopies({ network, prepared, reader: { fetch }, signal }, group, copies);
    parts.push({ ...segmented(array, output, file), shape: array.shape });
  }
  return parts;
}

async function cleanOf(setting: DependenceSetting): Promise<{ readonly clean: Clean; readonly passes: number }> {
  const { prepared, analysis, fetch } = setting;
  const count = prepared.array.shape[0] ?? 1;
  const { values } = prepared.array;
  const parts = await runEntries(
    setting,
    values,
    Array.from({ length: count }, (_, entry) => entry),
  );
  const [first] = parts;
  if (!first) throw new Error('an input has entries');
  const size = first.map.length / (first.shape[0] ?? 1);
  const map = new Uint8Array(size * count);
  const shares = first.labels.map(() => new Float32Array(size * count));
  parts.reduce((at, part) => {
    map.set(part.map, at);
    part.shares.forEach((own, label) => shares[label]?.set(own, at));
    return at + part.map.length;
  }, 0);
  const again = Math.min(entriesAgain, count);
  let difference = 0;
  for (let n = 0; n < again; n++) {
    const entry = Math.floor(((n + 0.5) * count) / again);
    const [alone] = await runEntries(setting, values, [entry], 1);
    alone?.shares.forEach((own, label) => {
      own.forEach((share, v) => {
        difference = Math.max(difference, Math.abs(share - (shares[label]?.[entry * size + v] ?? NaN)));
      });
    });
  }
  const sizes = first.shape.slice(1, -1);
  const field = receptiveFieldOf(analysis.network, fetch.node);
  const clean = {
    map,
    labels: first.labels,
    shares,
    shape: [count, ...first.shape.slice(1)],
    size,
    grid: outputGridOf(sizes, prepared.array.shape.slice(1, -1), field),
    floor: Math.max(rounding, 10 * difference),
  };
  return { clean, passes: count + again };
}

/** What changed with one structure hidden: entries that show nothing of it are as they were. */
interface HiddenRun {
  readonly entries: readonly number[];
  readonly map: Uint8Array;
  readonly shares: readonly Float32Array[];
}

async function hiddenRun(setting: DependenceSetting, clean: Clean, values: Float32Array): Promise<HiddenRun> {
  const { array } = setting.prepared;
  const length = entrySize(array);
  const entries = Array.from({ length: array.shape[0] ?? 1 }, (_, entry) => entry).filter((entry) =>
    values
      .subarray(entry * length, (entry + 1) * length)
      .some((value, v) => value !== array.values[entry * length + v]),
  );
  const map = clean.map.slice();
  const shares = clean.shares.map((own) => own.slice());
  let at = 0;
  for (const part of await runEntries(setting, values, entries)) {
    const count = part.map.length / clean.size;
    for (let n = 0; n < count; n++) {
      const entry = entries[at + n] ?? 0;
      const range = [n * clean.size, (n + 1) * clean.size] as const;
      map.set(part.map.subarray(...range), entry * clean.size);
      part.shares.forEach((own, label) => shares[label]?.set(own.subarray(...range), entry * clean.size));
    }
    at += count;
  }
  return { entries, map, shares };
}

/** One row of the matrix. */
function* entriesOf(
  setting: DependenceSetting,
  clean: Clean,
  row: HiddenStructure,
  seen: HiddenRun,
): Cuttable<DependenceEntry[]> {
  const { input, prepared, analysis, fetch, context } = setting;
  const { shape } = prepared.array;
  const outside = new Uint8Array(clean.map.length);
  withoutMask(null, input, row.of, clean.grid).forEach((mask, entry) => {
    outside.set(mask, entry * clean.size);
  });
  yield;
  const field = receptiveFieldOf(analysis.network, fetch.node);
  const sees =
    field?.size.length === clean.grid.sizes.length
      ? seesHidden(row.of, { input: shape.slice(0, -1), map: clean.shape.slice(0, -1), field, context })
      : null;
  yield;
  const place = placingOf(analysis.network, prepared, fetch.node, clean.shape);
  const volumeOf = (map: Float32Array): Volume<Float32Array> | null => place && prepared.toVolume(map, place);
  // Every value of a map may be a label's: what is hidden is none.
  const kept = (map: Uint8Array): Float32Array => Float32Array.from(map, (value, v) => (outside[v] === 1 ? value : -1));
  const [before, after] = [kept(clean.map), kept(seen.map)];
  const volumes = { before: volumeOf(before), after: volumeOf(after), hidden: volumeOf(Float32Array.from(outside)) };
  yield;
  const distances =
    volumes.hidden &&
    distanceMm(
      Uint8Array.from(volumes.hidden.values, (out) => (out === 0 ? 1 : 0)),
      volumes.hidden.grid,
    );
  const cc = prepared.grid ? voxelCc(prepared.grid) * clean.grid.volume : 1;
  const entries: DependenceEntry[] = [];
  for (const [n, { label, value }] of clean.labels.entries()) {
    yield;
    const [own, hidden] = [clean.shares[n], seen.shares[n]];
    let [whole, drop, far] = [0, 0, sees ? 0 : NaN];
    let [beyond, inReach, voxels] = [0, 0, 0];
    for (let v = 0; v < outside.length; v++) {
      if (outside[v] !== 1) continue;
      const change = (own?.[v] ?? NaN) - (hidden?.[v] ?? NaN);
      whole += own?.[v] ?? NaN;
      drop += change;
      const isLabel = before[v] === value;
      if (isLabel) voxels += 1;
      if (sees?.[v] === 1) inReach += isLabel ? 1 : 0;
      else if (sees) {
        beyond += 1;
        // What is no number stays one: a comparison would lose it.
        if (!(Math.abs(change) <= far)) far = Math.abs(change);
      }
    }
    entries.push({
      hidden: row.name,
      label,
      own: row.labels.includes(label),
      cc: finite(cc * whole),
      ccDrop: finite(cc * drop),
      ...overlapOf(volumes.before, volumes.after, value),
      distanceMm: distances && volumes.before ? nearest(volumes.before, value, distances) : null,
      outOfReach: sees && voxels > 0 ? inReach === 0 : null,
      farChange: sees && beyond > 0 ? finite(far) : null,
    });
  }
  return entries;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function overlapOf(
  before: Volume<Float32Array> | null,
  after: Volume<Float32Array> | null,
  value: MapLabel['value'],
): Pick<DependenceEntry, 'diceLoss' | 'hd95Mm'> {
  if (!before || !after) return { diceLoss: null, hd95Mm: null };
  const [a, b] = [before, after].map(({ values }) => maskOfLabel(values, value));
  if (!a || !b) return { diceLoss: null, hd95Mm: null };
  const overlap = dice(a, b);
  return {
    diceLoss: overlap === null ? null : 1 - overlap,
    hd95Mm: overlap === null ? null : overlap === 1 ? 0 : hausdorff95Mm(a, b, before.grid),
  };
}

/** From the hidden voxels to the label's nearest. */
function nearest({ values }: Volume<Float32Array>, value: number, distances: Float32Array): number | null {
  let least = Infinity;
  for (let v = 0; v < values.length; v++) if (values[v] === value) least = Math.min(least, distances[v] ?? Infinity);
  return finite(least);
}

function matrixOf(
  setting: DependenceSetting,
  { labels, floor }: Clean,
  lists: readonly { readonly fill: string; readonly entries: readonly DependenceEntry[] }[],
  passes: number,
): DependenceMatrix | null {
  const [first, ...others] = lists;
  if (!first || first.entries.length === 0) return null;
  const { rows, analysis, fetch, prepared, stackMm } = setting;
  const every = lists.flatMap(({ entries }) => entries);
  const far = every.flatMap(({ farChange }) => (farChange === null ? [] : [farChange]));
  const unread = every.some(({ farChange, cc }) => farChange === null && cc === null);
  const largest = far.length > 0 ? Math.max(...far) : null;
  return {
    fill: first.fill,
    structures: rows.map(({ name, cc }) => ({ name, cc })),
    labels: labels.map(({ label }) => label),
    receptiveRadiusMm: radiusMm(analysis.network, fetch.node, prepared, stackMm),
    selfTest: {
      entries: far.length,
      outOfReach: every.filter(({ outOfReach }) => outOfReach).length,
      largest,
      floor,
      passed: largest === null || unread ? null : largest <= floor,
    },
    passes,
    entries: [...first.entries],
    fills: others.map(({ fill, entries }) => ({ fill, entries: [...entries] })),
  };
}
