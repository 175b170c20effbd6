import type { OcclusionValues, StructureFigures } from '../../../../shared/analysis/occlusion';
import { applyAffine } from '../../../../shared/geometry';
import type { Volume } from '../../../../shared/volume';
import { voxelCc } from '../../../../shared/volume';
import type { Cuttable } from '../cuttable';
import { valueAtVolume } from '../statistics/valueAtVolume';
import { attributionVolume, supportsIn, thresholdsOf } from './histogram';

/** A part of the patient on the map's grid. */
export interface Part {
  readonly name: string;
  readonly kind: StructureFigures['kind'];
  readonly mask: Uint8Array;
}

/** Parts in question and the body that shares are taken over, all on the recipe's grid. */
export interface Anatomy {
  readonly body: Uint8Array;
  readonly parts: readonly Part[];
}

interface Sums {
  readonly n: number;
  readonly known: number;
  readonly size: number;
  readonly sum: number;
  readonly positive: number;
  readonly peak: number;
  readonly peakAt: number;
  readonly tested: number;
}

function sumsOver(values: Float32Array, mask: Uint8Array, tested: Float32Array): Sums {
  let [n, known, size, sum, positive, peak, peakAt, testedCount] = [0, 0, 0, 0, 0, 0, -1, 0];
  for (let v = 0; v < values.length; v++) {
    if (mask[v] !== 1) continue;
    n += 1;
    const value = values[v] ?? NaN;
    if (Number.isNaN(value)) continue;
    known += 1;
    size += Math.abs(value);
    sum += value;
    positive += Math.max(0, value);
    if ((tested[v] ?? 0) > 0) testedCount += 1;
    if (peakAt < 0 || Math.abs(value) > Math.abs(peak)) [peak, peakAt] = [value, v];
  }
  return { n, known, size, sum, positive, peak, peakAt, tested: testedCount };
}

/** How clearly a part pulls one way: nine tenths of its |support| of one sign. */
function signOf({ size, positive }: Sums): StructureFigures['sign'] {
  if (size === 0) return 'none';
  if (positive >= 0.9 * size) return 'supports';
  return positive <= 0.1 * size ? 'opposes' : 'mixed';
}

/** The parts of one patient: figures by falling share, and their attribution–volume histograms. */
interface Ranking {
  readonly structures: StructureFigures[];
  readonly histograms: OcclusionValues['histograms'];
}

/**
 * The parts of a patient by their share of Σ|support| over the body, falling. Structures may overlap: shares need not add to 1.
 * `tested` is above 0 where a window changed something.
 */
export function* rankStructures(
  map: Volume<Float32Array>,
  tested: Float32Array,
  { body, parts }: Anatomy,
): Cuttable<Ranking> {
  const inBody = sumsOver(map.values, body, tested);
  const cc = voxelCc(map.grid);
  const thresholds = thresholdsOf(map.values);
  const curves: OcclusionValues['histograms']['curves'] = [];
  const rows: StructureFigures[] = [];
  for (const { name, kind, mask } of parts) {
    yield;
    const falling = supportsIn(map.values, mask);
    curves.push({ name, volume: attributionVolume(falling, thresholds) });
    yield;
    const sums = sumsOver(map.values, mask, tested);
    const share = inBody.size > 0 ? sums.size / inBody.size : null;
    const volumeShare = inBody.known > 0 ? sums.known / inBody.known : null;
    const [i, j] = [sums.peakAt % map.grid.size[0], Math.floor(sums.peakAt / map.grid.size[0]) % map.grid.size[1]];
    const k = Math.floor(sums.peakAt / (map.grid.size[0] * map.grid.size[1]));
    const point = sums.peakAt < 0 ? null : applyAffine(map.grid.affine, [i, j, k]);
    rows.push({
      name,
      kind,
      cc: sums.n * cc,
      share,
      perVolume: share !== null && volumeShare !== null && volumeShare > 0 ? share / volumeShare : null,
      mean: sums.known > 0 ? sums.sum / sums.known : null,
      peak: sums.known > 0 ? sums.peak : null,
      peakMm: point ? [point[0], point[1], point[2]] : null,
      sign: signOf(sums),
      testedShare: sums.known > 0 ? sums.tested / sums.known : null,
      a50: valueAtVolume(falling, 50),
      a2: valueAtVolume(falling, 2),
    });
  }
  rows.sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
  return { structures: rows, histograms: { thresholds, curves } };
}
