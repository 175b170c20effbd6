import type { OcclusionParameters, ScoreName } from '../../../../shared/analysis/occlusion';
import { applyAffine, invert, type Vec3 } from '../../../../shared/geometry';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Grid } from '../../../../shared/volume';
import { layoutOf, type Layout } from '../../recipe/layout';
import type { Context, OpenInput } from '../analysis';
import { entrySize } from '../feed';
import { choicesOf, latticeOn } from './cost';
import { hiddenChannels, hiderOf } from './hide';
import { occluderFor, placeDrops } from './incremental';
import { spatialPlaceOf } from './place';
import { readersFor } from './readersFor';
import { dropsOf, readIntact, type Place, type Scoring } from './score';

/** What hiding the window around one point does to the score. */
export interface ProbeAnswer {
  readonly score: ScoreName;
  readonly unit: string;
  readonly baseline: number;
  /** Score intact − score hidden. */
  readonly drop: number;
  /** The window's corners in the patient, at the voxels' faces. */
  readonly boxMm: { readonly min: Vec3; readonly max: Vec3 };
}

/** A window that is moved by hand. Close it to free its maps. */
export interface Probe {
  /** Null beyond the network's input. *Problems* engine/cancelled. */
  at(pointMm: Vec3): Promise<ProbeAnswer | null>;
  close(): void;
}

/**
 * Hides a study's window wherever it is asked, with the window, the first filling and the target of an occlusion: the drop is the one that a
 * lattice with that position would give. *Problems* those of the target and the window.
 */
export async function openProbe(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
  signal: AbortSignal,
): Promise<Probe> {
  const { prepared } = input;
  const { network, memoryBytes, recipe } = context;
  const { grid } = prepared;
  const place = spatialPlaceOf(prepared, context);
  const [choice] = choicesOf(parameters);
  if (!grid || !recipe || !place || choice === undefined) throw new IsolensError('analysis/no-geometry');
  const on = latticeOn(prepared, context, parameters);
  const reader = (await readersFor(input, context, parameters, signal))(null);
  const intact = await readIntact(network, prepared, reader, memoryBytes, signal);
  const hider = hiderOf(prepared, choice, hiddenChannels(prepared, parameters.channels), {
    window: on.size.window,
    seed: parameters.seed,
    noiseDraws: parameters.noiseDraws,
    spacingMm: place.spacingMm,
  });
  const scoring: Scoring = { network, prepared, reader, intact, signal, hider };
  const quick = await occluderFor({ network, prepared, reader }, on, memoryBytes);
  const dropOf = quick ? placeDrops(quick.occluder, scoring) : wholeDrops(scoring);
  const layout = layoutOf(recipe);
  const toGrid = invert(grid.affine);
  const spatial = prepared.array.shape.slice(1, -1);

  return {
    async at(pointMm) {
      const index = applyAffine(toGrid, pointMm);
      const sizes = layout.axes.map((axis) => grid.size[axis]);
      const along = layout.axes.map((axis, n) =>
        turned(Math.round(index[axis]), layout.reversed[n] === true, sizes[n] ?? 1),
      );
      if (along.some((at, n) => at < 0 || at >= (sizes[n] ?? 1))) return null;
      const planar = prepared.dims === 2;
      const centre = planar ? along.slice(1) : along;
      const start = centre.map((at, n) => {
        const window = on.size.window[n] ?? 1;
        return Math.max(0, Math.min((spatial[n] ?? 1) - window, at - ((window - 1) >> 1)));
      });
      const end = start.map((at, n) => at + (on.size.window[n] ?? 1));
      const entry = planar ? (along[0] ?? 0) : 0;
      const hidden: Place = { position: 0, entry, box: { start, end } };
      const [from, to] = planar
        ? [
            [entry, ...start],
            [entry + 1, ...end],
          ]
        : [start, end];
      return {
        score: reader.score,
        unit: reader.unit,
        baseline: reader.scope === 'entry' ? (intact.baselines?.[entry] ?? intact.baseline) : intact.baseline,
        drop: await dropOf(hidden),
        boxMm: facesOf(grid, layout, from, to),
      };
    },
    close() {
      quick?.occluder.close();
    },
  };
}

/** Where nothing can be saved, the whole network runs for each place. */
function wholeDrops(scoring: Scoring): (place: Place) => Promise<number> {
  const copies = new Float32Array(entrySize(scoring.prepared.array));
  return async (place) => (await dropsOf(scoring, [place], copies))[0]?.drop ?? NaN;
}

/** An index along an axis that may run against the grid's. */
const turned = (index: number, reversed: boolean, size: number): number => (reversed ? size - 1 - index : index);

/** A half-open box of voxels, tensor order, at its voxels' faces. */
function facesOf(
  { affine, size }: Grid,
  { axes, reversed }: Layout,
  from: readonly number[],
  to: readonly number[],
): ProbeAnswer['boxMm'] {
  const corner = (face: (n: number) => number): Vec3 => {
    const index: [number, number, number] = [0, 0, 0];
    axes.forEach((axis, n) => (index[axis] = turned(face(n), reversed[n] === true, size[axis])));
    return applyAffine(affine, index);
  };
  const [a, b] = [corner((n) => (from[n] ?? 0) - 0.5), corner((n) => (to[n] ?? 0) - 0.5)];
  const least = (n: 0 | 1 | 2): number => Math.min(a[n], b[n]);
  const most = (n: 0 | 1 | 2): number => Math.max(a[n], b[n]);
  return { min: [least(0), least(1), least(2)], max: [most(0), most(1), most(2)] };
}
