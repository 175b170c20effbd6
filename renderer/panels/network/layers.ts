import type { NetworkSummary } from '../../../shared/contract/engine';
import type { NodeDescription, ReceptiveField } from '../../../shared/network';
import type { Recipe } from '../../../shared/recipe';
import type { Vec3 } from '../../../shared/geometry';

/** A run of nodes on one size of map. */
export interface LayerGroup {
  readonly size: string;
  readonly nodes: readonly NodeDescription[];
}

/** The spatial part of a node's output, as on the screen: "128 × 128"; empty where there is none or it is free. */
export function sizeOf({ outputShape }: NodeDescription): string {
  if (!outputShape || outputShape.length < 3) return '';
  const spatial = outputShape.slice(1, -1);
  const [first] = spatial;
  if (spatial.every((each) => each === first) && typeof first === 'number')
    return spatial.length === 3 ? `${String(first)}³` : spatial.length === 2 ? `${String(first)}²` : String(first);
  return spatial.map((each) => (each === null ? '?' : String(each))).join(' × ');
}

/** Channels of a node's output; null where free or unknown. */
export const channelCount = ({ outputShape }: NodeDescription): number | null => outputShape?.at(-1) ?? null;

/** Nodes in the file's order, grouped where the size of the map changes. */
export function groupsOf({ description }: NetworkSummary): readonly LayerGroup[] {
  const groups: { size: string; nodes: NodeDescription[] }[] = [];
  for (const node of description.nodes) {
    const size = sizeOf(node);
    const last = groups.at(-1);
    if (last?.size === size) last.nodes.push(node);
    else groups.push({ size, nodes: [node] });
  }
  return groups;
}

/** Axes of patient space that a network's spatial axes run along, in tensor order. */
function axesOf({ dims, plane }: Pick<Recipe, 'dims' | 'plane'>): readonly number[] {
  if (dims === 3) return [2, 1, 0];
  return plane === 'axial' ? [1, 0] : plane === 'coronal' ? [2, 0] : [2, 1];
}

export type FieldExtent =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unknown' }
  /** One entry a spatial axis in tensor order; null where the axis is mixed whole. */
  | {
      readonly kind: 'box';
      readonly voxels: readonly (number | null)[];
      readonly mm: readonly (number | null)[] | null;
    };

/** How far a node sees, in input voxels and, where the recipe's spacing is known, in mm. */
export function fieldExtent(node: NodeDescription, recipe: Recipe | null, nativeMm: Vec3 | null): FieldExtent {
  const field = node.receptiveField;
  if (field === null) return { kind: 'unknown' };
  if (field === 'global') return { kind: 'whole' };
  const one = isField(field) ? field : Object.values(field).find((each) => each !== 'global');
  if (!one) return { kind: 'whole' };
  const spacing = recipe ? (recipe.grid.spacingMm === 'native' ? nativeMm : recipe.grid.spacingMm) : null;
  const axes = recipe ? axesOf(recipe) : [];
  const mm =
    spacing && axes.length === one.size.length
      ? one.size.map((size, at) => (size === null ? null : size * (spacing[axes[at] ?? 0] ?? 1)))
      : null;
  return { kind: 'box', voxels: one.size, mm };
}

const isField = (field: object): field is ReceptiveField => Array.isArray((field as { size?: unknown }).size);
