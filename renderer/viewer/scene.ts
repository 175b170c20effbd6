import { shallowRef } from 'vue';
import type { Vec3 } from '../../shared/geometry';
import { contoursOf } from '../../shared/packedContours';
import type { StudyDetail, StructureShape } from '../../shared/study';
import type { Overlay } from './overlay';
import { planeNames, planeStack, type PlaneName, type PlaneStack } from './plane';
import type { PlacedStructure } from './placedStructure';
import type { Voxels } from './voxels';

/** Everything that the views of a pane draw from. Plain data: never made reactive. */
export interface Scene {
  readonly study: StudyDetail;
  readonly stacks: Readonly<Record<PlaneName, PlaneStack>>;
  readonly image: Voxels;
  readonly dose: Voxels | null;
  readonly map: { readonly overlay: Overlay; readonly voxels: Voxels } | null;
  readonly structures: readonly PlacedStructure[];
  /** Box of the patient where the views were last fitted. */
  readonly bodyMm: readonly [Vec3, Vec3] | null;
}

/** The map of the Network pane, so that its value is told over the Plan pane as well. */
export const shownMap = shallowRef<Scene['map']>(null);

/** The three stacks of planes through an image. */
export function stacksOf(grid: Parameters<typeof planeStack>[0]): Readonly<Record<PlaneName, PlaneStack>> {
  const [axial, coronal, sagittal] = planeNames.map((name) => planeStack(grid, name)) as [
    PlaneStack,
    PlaneStack,
    PlaneStack,
  ];
  return { axial, coronal, sagittal };
}

/** Whether a structure is the outline of the patient. */
export const isOutline = ({ type, name }: Pick<StructureShape, 'type' | 'name'>): boolean =>
  type.trim().toUpperCase() === 'EXTERNAL' || /^(body|external|skin|outer contour|contour externe)$/i.test(name.trim());

/** How far above and below a point the body is fitted to a view, mm: a head is not made small by the shoulders. */
const nearMm = 25;

/** Smallest box around the contours of some structures near an axial place; null where there are none. */
export function boxNear(structures: readonly StructureShape[], pointMm: Vec3): readonly [Vec3, Vec3] | null {
  const contours = structures.flatMap(({ contours }) => contoursOf(contours));
  const near = contours.filter((points) => Math.abs((points[2] ?? NaN) - pointMm[2]) <= nearMm);
  return boxOf(near.length > 0 ? near : contours);
}

function boxOf(contours: readonly Float64Array[]): readonly [Vec3, Vec3] | null {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const points of contours)
    for (let n = 0; n + 2 < points.length; n += 3)
      for (const axis of [0, 1, 2] as const) {
        const at = points[n + axis] ?? NaN;
        if (at < low[axis]) low[axis] = at;
        if (at > high[axis]) high[axis] = at;
      }
  return low[0] <= high[0] ? [low, high] : null;
}
