import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import { IsolensError } from '../../../../shared/problem/problem';

/** Window and stride in voxels, tensor order, one entry a spatial axis of the network. */
export interface WindowSize {
  readonly window: readonly number[];
  readonly stride: readonly number[];
  /** True where an array job gave no window and one had to be taken. */
  readonly assumed: boolean;
}

type Asked = Pick<OcclusionParameters, 'windowMm' | 'strideMm' | 'windowVoxels' | 'strideVoxels'>;

const defaultWindowMm = 20;

/** The odd number of voxels nearest to a length; the larger one where two are as near. At least 1. */
export const oddVoxels = (lengthMm: number, spacingMm: number): number => 2 * Math.floor(lengthMm / spacingMm / 2) + 1;

/** An entry an axis from one number or a list; a list with a plane entry more loses it. */
function listed(given: number | readonly number[], axes: number, key: string): readonly number[] {
  if (typeof given === 'number') return Array.from({ length: axes }, () => given);
  if (given.length === axes) return given;
  if (given.length === axes + 1 && given[0] === 1) return given.slice(1);
  throw new IsolensError('analysis/wrong-axes', { key, wanted: axes, given: given.length }, { key });
}

/** A length along each tensor axis. `gridAxes` names the grid's axis (0 = i, 1 = j, 2 = k) of each. */
function lengths(given: number | readonly number[], gridAxes: readonly number[]): readonly number[] {
  return gridAxes.map((axis) => (typeof given === 'number' ? given : (given[axis] ?? 0)));
}

const halves = (window: readonly number[]): readonly number[] => window.map((w) => Math.max(1, Math.floor(w / 2)));

/**
 * Window and stride as they are realised. `spacingMm` and `gridAxes` are of the network's spatial axes, null for arrays, to which no
 * geometry is invented. *Problems* analysis/wrong-axes, analysis/length-without-geometry. *Source* methods §1.4, Map.
 */
export function windowSizeOf(
  asked: Asked,
  sizes: readonly number[],
  place: { readonly spacingMm: readonly number[]; readonly gridAxes: readonly number[] } | null,
): WindowSize {
  const axes = sizes.length;
  const strideVoxels = asked.strideVoxels === undefined ? null : listed(asked.strideVoxels, axes, 'strideVoxels');
  if (!place && (asked.windowMm !== defaultWindowMm || asked.strideMm !== undefined)) {
    throw new IsolensError('analysis/length-without-geometry', {}, { key: 'windowMm' });
  }
  const strideMm = asked.strideMm;
  const strideOf = (window: readonly number[], otherwise: readonly number[]): readonly number[] => {
    if (strideVoxels) return strideVoxels;
    if (!place || strideMm === undefined) return otherwise;
    return lengths(strideMm, place.gridAxes).map((mm, axis) =>
      Math.max(1, Math.round(mm / (place.spacingMm[axis] ?? 1))),
    );
  };
  if (asked.windowVoxels !== undefined) {
    const window = listed(asked.windowVoxels, axes, 'windowVoxels');
    return { window, stride: strideOf(window, halves(window)), assumed: false };
  }
  if (!place) {
    const window = sizes.map((n) => Math.min(n, oddVoxels(n / 8, 1)));
    return { window, stride: strideOf(window, halves(window)), assumed: true };
  }
  const windowMm = lengths(asked.windowMm, place.gridAxes);
  const window = windowMm.map((mm, axis) => oddVoxels(mm, place.spacingMm[axis] ?? 1));
  const half = windowMm.map((mm, axis) => Math.max(1, Math.round(mm / 2 / (place.spacingMm[axis] ?? 1))));
  return { window, stride: strideOf(window, half), assumed: false };
}
