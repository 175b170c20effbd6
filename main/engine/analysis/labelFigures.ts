import type { LabelFigures } from '../../../shared/analysis/predict';
import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { voxelCc, type Grid } from '../../../shared/volume';
import { warningOf } from '../../../shared/warning';
import type { NetworkArray } from '../network/network';
import type { PreparedInput } from '../recipe/preparedInput';
import { aliasesIn, hasVolume, sameFrame, structureNamed } from '../recipe/source';
import type { Study } from '../study/study';
import { maskOf } from '../volume/mask';
import { dice, hausdorff95Mm } from '../volume/overlap';
import type { OpenInput } from './analysis';
import { largest } from './classes';
import { maskOfLabel, type MapLabel } from './labelMap';

const countOf = (mask: Uint8Array): number => mask.reduce((count, voxel) => count + (voxel > 0 ? 1 : 0), 0);

/** The structure's mask on the planes that went through the network; null where there is nothing to compare with. */
function truthMask(study: Study, recipe: Recipe, label: string, prepared: PreparedInput, grid: Grid) {
  const structure = structureNamed(study, label, aliasesIn(recipe, label));
  if (structure === null || !hasVolume(structure) || !sameFrame(structure.frameOfReference, prepared.frameOfReference))
    return null;
  const mask = maskOf(structure, grid);
  return { name: structure.name, mask };
}

/** Leaves only the voxels of planes that went through the network. */
function onPlanes(mask: Uint8Array, seen: Uint8Array | null): Uint8Array {
  return seen === null ? mask : mask.map((voxel, v) => (seen[v] === 1 ? voxel : 0));
}

/** Every label of a study's label map (on the recipe's grid) against the structure of its name. */
export function labelFigures(
  map: Uint8Array,
  seen: Uint8Array | null,
  labels: readonly MapLabel[],
  recipe: Recipe,
  prepared: PreparedInput,
  study: Study,
): { readonly labels: LabelFigures[]; readonly warnings: readonly Warning[] } {
  const grid = prepared.grid as Grid;
  const cc = voxelCc(grid);
  const warnings: Warning[] = [];
  const figures = labels.map(({ label, value }): LabelFigures => {
    const mask = maskOfLabel(map, value);
    const voxels = countOf(mask);
    const own = { label, value, voxels, volumeCc: voxels * cc };
    const truth = truthMask(study, recipe, label, prepared, grid);
    if (truth === null) {
      warnings.push(warningOf('analysis/no-truth', { label }));
      return { ...own, structure: null, dice: null, hd95Mm: null, truthVolumeCc: null, truthVoxels: null };
    }
    const there = onPlanes(truth.mask, seen);
    const truthVoxels = countOf(there);
    const hd95Mm = hausdorff95Mm(mask, there, grid);
    if (hd95Mm === null) warnings.push(warningOf('analysis/no-distance', { label }));
    return {
      ...own,
      structure: truth.name,
      dice: dice(mask, there),
      hd95Mm,
      truthVolumeCc: truthVoxels * cc,
      truthVoxels,
    };
  });
  if (seen !== null) warnings.push(warningOf('analysis/selected-slices'));
  return { labels: figures, warnings };
}

/** An array's truth as a label map: label numbers with or without a last axis of 1, or one channel a label. *Problems* analysis/truth-does-not-fit. */
export function truthMap(
  { shape, values }: NetworkArray,
  spatial: readonly number[],
  labels: readonly MapLabel[],
): Uint8Array {
  const count = spatial.reduce((product, n) => product * n, 1);
  const fits = (sizes: readonly number[]): boolean =>
    sizes.length === spatial.length && sizes.every((n, axis) => n === spatial[axis]);
  if (fits(shape) || (fits(shape.slice(0, -1)) && shape.at(-1) === 1)) return Uint8Array.from(values, Math.round);
  const channels = shape.at(-1) ?? 0;
  if (!fits(shape.slice(0, -1)) || channels < labels.length)
    throw new IsolensError('analysis/truth-does-not-fit', {
      given: `[${shape.join(', ')}]`,
      expected: `[${spatial.join(', ')}]`,
    });
  const offset = channels > labels.length ? 0 : (labels[0]?.value ?? 0);
  return Uint8Array.from({ length: count }, (_, v) => {
    const best = largest(values, v * channels, channels);
    return best >= 0 && (values[v * channels + best] as number) > 0 ? best + offset : 0;
  });
}

/** The same for an array: no geometry, so neither cc nor mm. */
export function arrayLabelFigures(
  map: Uint8Array,
  spatial: readonly number[],
  labels: readonly MapLabel[],
  { truth }: OpenInput,
): { readonly labels: LabelFigures[]; readonly warnings: readonly Warning[] } {
  const known = truth === null ? null : truthMap(truth, spatial, labels);
  const warnings = [warningOf('analysis/no-geometry')];
  if (known === null) warnings.push(...labels.map(({ label }) => warningOf('analysis/no-truth', { label })));
  return {
    labels: labels.map(({ label, value }): LabelFigures => {
      const mask = maskOfLabel(map, value);
      const there = known === null ? null : maskOfLabel(known, value);
      return {
        label,
        value,
        structure: null,
        dice: there === null ? null : dice(mask, there),
        hd95Mm: null,
        volumeCc: null,
        truthVolumeCc: null,
        voxels: countOf(mask),
        truthVoxels: there === null ? null : countOf(there),
      };
    }),
    warnings,
  };
}
