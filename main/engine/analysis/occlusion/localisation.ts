import type { Localisation } from '../../../../shared/analysis/occlusionFurther';
import type { Volume } from '../../../../shared/volume';
import { dilate } from '../../volume/distance';
import type { Cuttable } from '../cuttable';
import { benjaminiHochberg } from '../statistics/multiplicity';
import { quantile } from '../statistics/quantile';
import type { Part } from './ranking';
import { rigidMoves, type Move, type ShiftGround } from './rigidMoves';
import { lateralAxis, mirrored, mirroredRun, placeOf, RowSums, runsOf, type Index, type Run } from './rowSums';

/** Fewer shifted copies than this give no p. Source: methods §1.4, null. */
const fewestShifts = 50;

export interface LocalisationSetting {
  /** The map on the recipe's grid, NaN where no window came. */
  readonly map: Volume<Float32Array>;
  readonly body: Uint8Array;
  /** In HU; null where the recipe has no image: shifts then stay in the body alone. */
  readonly image: Volume<Float32Array> | null;
  readonly toleranceMm: number;
  readonly seed: number;
}

/** What all structures of one map share. */
interface Ground extends ShiftGround {
  readonly setting: LocalisationSetting;
  readonly domain: Uint8Array;
  readonly domainCount: number;
  readonly falling: Float32Array;
  readonly positive: RowSums;
  readonly positiveSum: number;
  readonly counts: RowSums;
  /** Voxels of the largest value; none where nothing supports the score. */
  readonly plateau: Uint32Array;
  /** The grid's axis from right to left. */
  readonly mirrorAxis: 0 | 1 | 2;
}

/**
 * How much of a map lies in each structure: the share of its positive part, of its strongest voxels, and whether its peak does; each against the
 * same of rigidly shifted and mirrored copies of the structure, which keep the map as smooth as it is. *Source* methods §1.4.
 */
export function* localise(setting: LocalisationSetting, parts: readonly Part[]): Cuttable<Localisation> {
  const ground = groundOf(setting);
  yield;
  const rows: Localisation['structures'] = [];
  for (const { name, kind, mask } of parts) if (kind === 'structure') rows.push(yield* localiseIn(ground, name, mask));
  const tested = rows.flatMap(({ p }) => (p.mass === null ? [] : [p.mass]));
  const corrected = benjaminiHochberg(tested);
  let n = 0;
  return {
    toleranceMm: setting.toleranceMm,
    structures: rows.map((row) => (row.p.mass === null ? row : { ...row, massQ: corrected[n++] ?? null })),
  };
}

function groundOf(setting: LocalisationSetting): Ground {
  const { map, body, image } = setting;
  const { grid, values } = map;
  const size: Index = [grid.size[0], grid.size[1], grid.size[2]];
  const domain = Uint8Array.from(values, (value, v) => (body[v] === 1 && !Number.isNaN(value) ? 1 : 0));
  const falling = values
    .filter((_, v) => domain[v] === 1)
    .sort()
    .reverse();
  const positiveAt = (v: number): number => (domain[v] === 1 ? Math.max(0, values[v] ?? 0) : 0);
  const top = falling[0] ?? NaN;
  const voxels = Uint32Array.from(values.keys());
  return {
    setting,
    size,
    seed: setting.seed,
    domain,
    domainCount: falling.length,
    falling,
    positive: new RowSums(size, positiveAt),
    positiveSum: falling.reduce((sum, value) => sum + Math.max(0, value), 0),
    counts: new RowSums(size, (v) => domain[v] ?? 0),
    inBody: new RowSums(size, (v) => (body[v] === 1 ? 1 : 0)),
    hu: image && new RowSums(size, (v) => image.values[v] ?? 0),
    bodyVoxels: voxels.filter((v) => body[v] === 1),
    plateau: top > 0 ? voxels.filter((v) => domain[v] === 1 && values[v] === top) : new Uint32Array(0),
    mirrorAxis: lateralAxis(grid),
  };
}

/** (1 + copies that reach the figure) / (1 + copies); null with too few of them. */
function pOf(figure: number | null, others: readonly number[]): number | null {
  if (figure === null || others.length < fewestShifts) return null;
  return (1 + others.filter((other) => other >= figure - 1e-12).length) / (1 + others.length);
}

type Row = Localisation['structures'][number];

function* localiseIn(ground: Ground, name: string, mask: Uint8Array): Cuttable<Row> {
  const { setting, size, positive, positiveSum, counts, domainCount, falling, plateau, domain, mirrorAxis } = ground;
  const own = runsOf(mask, size);
  const voxels = own.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const runs = { own, mirrored: own.map((run) => mirroredRun(run, mirrorAxis, size)), voxels };
  const moves = yield* rigidMoves(ground, runs);
  const known = counts.over(own, [0, 0, 0]);
  const still: Move = { mirror: false, step: [0, 0, 0] };
  const listOf = ({ mirror }: Move): readonly Run[] => (mirror ? runs.mirrored : runs.own);
  yield;

  const massAt = (move: Move): number => positive.over(listOf(move), move.step) / positiveSum;
  const mass = positiveSum > 0 ? massAt(still) : null;

  // The strongest voxels, as many as the structure has; where equal values lie on both sides of the cut, nobody can say which.
  const cut = falling[known - 1] ?? NaN;
  const values = setting.map.values;
  const { tied, bounds } = cutOf(ground, mask, known, cut);
  const strongest = new RowSums(size, (v) => (domain[v] === 1 && (values[v] ?? NaN) >= cut ? 1 : 0));
  const rankAt = (move: Move): number => strongest.over(listOf(move), move.step) / known;
  const rank = known > 0 && !tied ? rankAt(still) : null;
  yield;

  const near = dilate(mask, setting.map.grid, setting.toleranceMm);
  const pointingAt = ({ mirror, step }: Move): number => {
    let hits = 0;
    for (const v of plateau) {
      const [i, j, k] = placeOf(v, size);
      const back: Index = [i - step[0], j - step[1], k - step[2]];
      const [x, y, z] = mirror ? mirrored(back, mirrorAxis, size) : back;
      if (x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]) continue;
      hits += near[x + size[0] * (y + size[1] * z)] ?? 0;
    }
    return hits / plateau.length;
  };
  const pointing = plateau.length > 0 ? pointingAt(still) : null;

  const masses = mass === null ? [] : moves.map(massAt);
  const ranks = rank === null ? [] : moves.map(rankAt);
  const points = pointing === null ? [] : moves.map(pointingAt);
  return {
    name,
    chance: domainCount > 0 ? known / domainCount : null,
    mass,
    rank,
    rankBounds: bounds,
    pointing,
    shifts: moves.length,
    massOfShifts95: masses.length >= fewestShifts ? quantile(masses, 0.95) : null,
    pointingOfShifts: points.length >= fewestShifts ? points.reduce((sum, hit) => sum + hit, 0) / points.length : null,
    p: { mass: pOf(mass, masses), rank: pOf(rank, ranks), pointing: pOf(pointing, points) },
    massQ: null,
  };
}

/** Whether equal values lie on both sides of the cut, and the least and most of the strongest voxels that may lie in the structure. */
function cutOf(
  { setting, domain, falling }: Ground,
  mask: Uint8Array,
  known: number,
  cut: number,
): { readonly tied: boolean; readonly bounds: [number, number] | null } {
  if (known === 0) return { tied: true, bounds: null };
  let [above, equal, aboveIn, equalIn] = [0, 0, 0, 0];
  setting.map.values.forEach((value, v) => {
    if (domain[v] !== 1 || value < cut) return;
    const inside = mask[v] === 1 ? 1 : 0;
    if (value > cut) [above, aboveIn] = [above + 1, aboveIn + inside];
    else [equal, equalIn] = [equal + 1, equalIn + inside];
  });
  const slots = known - above;
  const low = (aboveIn + Math.max(0, slots - (equal - equalIn))) / known;
  const high = (aboveIn + Math.min(slots, equalIn)) / known;
  return { tied: falling[known] === cut, bounds: [low, high] };
}
