import type { MapLikeness } from '../../../../shared/analysis/compare';
import { occlusion } from '../../../../shared/analysis/occlusion';
import type { Figure } from '../../../../shared/result';
import { bodyOf } from '../../volume/body';
import type { Compared, ComparedNetwork, OpenInput } from '../analysis';
import { inTurns } from '../cuttable';
import { meanInterval } from '../statistics/meanInterval';
import { quantileSorted } from '../statistics/quantile';
import { rankCorrelation } from '../statistics/rankCorrelation';
import { structuralSimilarity } from '../statistics/structuralSimilarity';
import type { Kept, MapPair } from './kept';

/** Values that a rank correlation takes at most, on an even choice of voxels; and those that are kept for the null of other patients. */
const mostRanked = 100_000;
const mostKept = 3000;
/** Of how much of each axis the null's copies are shifted. */
const shifts = [0.25, 0.5];

interface PlacedMap {
  readonly sizes: readonly number[];
  readonly values: Float32Array;
}

/** Where the patient is in the map's own order; null where nothing tells (arrays). */
function bodyIn({ prepared, study }: OpenInput, length: number): Uint8Array | null {
  const { array, dims, transforms } = prepared;
  const channel = transforms?.findIndex(({ kind, offset }) => kind === 'image' && offset === undefined) ?? -1;
  const transform = transforms?.[channel];
  if (!study || !transform || transform.slope === 0) return null;
  const channels = array.shape.at(-1) ?? 1;
  const values = Float32Array.from(
    { length: array.values.length / channels },
    (_, v) => ((array.values[v * channels + channel] ?? 0) - transform.intercept) / transform.slope,
  );
  const axes = dims;
  const shape = dims === 2 ? array.shape.slice(0, -1) : array.shape.slice(1, -1);
  const place = { shape, step: new Array<number>(axes).fill(1), start: new Array<number>(axes).fill(0) };
  const { mask } = bodyOf(study.structureSets[0]?.structures ?? [], prepared.toVolume(values, place));
  return mask.length === length ? mask : null;
}

async function mapOf({ parts }: ComparedNetwork, compared: Compared): Promise<PlacedMap | null> {
  const path = parts.get(occlusion.id)?.result.files['map'];
  if (typeof path !== 'string') return null;
  const { shape, values } = await compared.read(path);
  return { sizes: shape, values };
}

const median = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.length === 0 ? null : quantileSorted(known, 0.5);
};

/** The map over its own 99.5th percentile of |support|: two scores need not have one scale. */
function scaled(values: Float32Array, inside: readonly number[]): Float64Array {
  const sizes = inside.map((v) => Math.abs(values[v] as number)).sort((a, b) => a - b);
  const top = quantileSorted(sizes, 0.995);
  return Float64Array.from(values, (value) => (Number.isFinite(value) && top > 0 ? value / top : 0));
}

/** A copy moved round by a share of each axis. */
function shifted(values: Float32Array, sizes: readonly number[], share: number): Float32Array {
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, n) => product * n, 1));
  const moved = new Float32Array(values.length);
  for (let v = 0; v < values.length; v++) {
    let at = 0;
    sizes.forEach((size, axis) => {
      const stride = strides[axis] ?? 1;
      const index = (Math.floor(v / stride) + Math.round(size * share)) % size;
      at += index * stride;
    });
    moved[at] = values[v] as number;
  }
  return moved;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function spearman(a: Float32Array, b: Float32Array, inside: readonly number[]): number | null {
  const both = inside.filter((v) => Number.isFinite(a[v]) && Number.isFinite(b[v]));
  const every = Math.max(1, Math.ceil(both.length / mostRanked));
  const chosen = both.filter((_, n) => n % every === 0);
  return finite(
    rankCorrelation(
      chosen.map((v) => a[v] as number),
      chosen.map((v) => b[v] as number),
    ),
  );
}

async function pairOf(
  reference: PlacedMap,
  other: PlacedMap,
  body: Uint8Array | null,
  signal: AbortSignal,
): Promise<MapPair | null> {
  const { sizes, values } = reference;
  if (other.values.length !== values.length || sizes.join() !== other.sizes.join()) return null;
  const inside: number[] = [];
  for (let v = 0; v < values.length; v++)
    if ((!body || body[v] === 1) && Number.isFinite(values[v]) && Number.isFinite(other.values[v])) inside.push(v);
  if (inside.length < 2) return null;
  const own = scaled(values, inside);
  const ssim = async (b: Float32Array): Promise<number | null> => {
    // Both run from −1 to 1 but for half a percent.
    const map = await inTurns(structuralSimilarity(own, scaled(b, inside), sizes, 2), signal);
    return finite(inside.reduce((sum, v) => sum + (map[v] as number), 0) / inside.length);
  };
  const copies = shifts.map((share) => shifted(other.values, sizes, share));
  const ssimShifted: (number | null)[] = [];
  for (const copy of copies) ssimShifted.push(await ssim(copy));
  const every = Math.max(1, Math.ceil(values.length / mostKept));
  const kept = (map: Float32Array): (number | null)[] =>
    Array.from({ length: Math.ceil(values.length / every) }, (_, n) => {
      const v = n * every;
      return body && body[v] !== 1 ? null : finite(Number((map[v] as number).toPrecision(5)));
    });
  return {
    spearman: spearman(values, other.values, inside),
    ssim: await ssim(other.values),
    spearmanShifted: median(copies.map((copy) => spearman(values, copy, inside))),
    ssimShifted: median(ssimShifted),
    count: sizes,
    drops: kept(other.values),
    referenceDrops: kept(values),
  };
}

/** The occlusion maps of one input, each network's against the reference's; empty where occlusion is not compared. */
export async function mapPairs(
  input: OpenInput,
  reference: ComparedNetwork,
  compared: Compared,
  signal: AbortSignal,
): Promise<Kept['likeness']> {
  if (!compared.analyses.includes(occlusion.id)) return {};
  const own = await mapOf(reference, compared);
  if (!own) return {};
  const body = bodyIn(input, own.values.length);
  const pairs: Record<string, MapPair> = {};
  for (const network of compared.networks) {
    if (network.name === reference.name) continue;
    const map = await mapOf(network, compared);
    const pair = map && (await pairOf(own, map, body, signal));
    if (pair) pairs[network.name] = pair;
  }
  return pairs;
}

const figure = (values: readonly number[]): Figure => {
  if (values.length === 0) return null;
  const { value, ci95 } = meanInterval(values);
  return ci95 ? { value, ci95: [ci95[0], ci95[1]] } : value;
};

/** Spearman's between one patient's map of the network and another patient's of the reference, where both are known. */
function acrossPatients(a: MapPair, b: MapPair): number | null {
  if (a.count.join() !== b.count.join()) return null;
  const both = [...a.drops.keys()].filter((v) => a.drops[v] !== null && b.referenceDrops[v] !== null);
  return finite(
    rankCorrelation(
      both.map((v) => a.drops[v] ?? NaN),
      both.map((v) => b.referenceDrops[v] ?? NaN),
    ),
  );
}

/** One figure a patient: of several inputs the first. The null of other patients takes the next one in the job's order. */
export function likenessOfMaps(reference: string, names: readonly string[], each: () => Iterable<Kept>): MapLikeness[] {
  return names
    .filter((name) => name !== reference)
    .flatMap((network): MapLikeness[] => {
      const pairs = new Map<string, MapPair>();
      for (const { patient, likeness } of each()) {
        const pair = likeness[network];
        if (pair && !pairs.has(patient)) pairs.set(patient, pair);
      }
      const all = [...pairs.values()];
      if (all.length === 0) return [];
      const known = (of: (pair: MapPair) => number | null): number[] => all.flatMap((pair) => of(pair) ?? []);
      const others = all.map((pair, n) => {
        const next = all[(n + 1) % all.length];
        return all.length > 1 && next ? acrossPatients(pair, next) : null;
      });
      const spearmanShifted = median(all.map((pair) => pair.spearmanShifted));
      const spearmanOthers = median(others);
      const chance = Math.max(spearmanShifted ?? 0, spearmanOthers ?? spearmanShifted ?? 0);
      return [
        {
          network,
          patients: all.length,
          spearman: figure(known(({ spearman: own }) => own)),
          ssim: figure(known(({ ssim }) => ssim)),
          spearmanShifted,
          ssimShifted: median(all.map((pair) => pair.ssimShifted)),
          spearmanOthers,
          excess: figure(known(({ spearman: own }) => own).map((own) => own - chance)),
        },
      ];
    });
}
