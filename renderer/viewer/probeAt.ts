import { liesInFrame } from './overlay';
import { applyAffine, invert, spacingOf, type Affine, type Vec3 } from '../../shared/geometry';
import type { Grid } from '../../shared/volume';
import type { Language } from '../../shared/words';
import { say } from '../../shared/words';
import type { Probe } from '../stores/probe';
import { isSigned } from './heat';
import { nearestStructure } from './nearestStructure';
import { holdsPoint } from './placedStructure';
import { valueAt } from './reformat';
import { isOutline, shownMap, type Scene } from './scene';
import type { Voxels } from './voxels';

/** Structures farther away than this are not told as the nearest, mm. */
const nearMm = 30;

const inverses = new WeakMap<Grid, Affine>();

function indexOf(grid: Grid, pointMm: Vec3): Vec3 {
  let inverse = inverses.get(grid);
  if (!inverse) inverses.set(grid, (inverse = invert(grid.affine)));
  return applyAffine(inverse, pointMm);
}

/** The value of the cell that holds a point; null outside of the volume or where it has not been loaded. */
function cellValue({ values, source, come }: Voxels, pointMm: Vec3): number | null {
  const at = indexOf(source.grid, pointMm);
  const { size } = source.grid;
  for (const axis of [0, 1, 2] as const) if (!(at[axis] >= -0.5 && at[axis] <= size[axis] - 0.5)) return null;
  const k = Math.min(Math.max(Math.round(at[2]), 0), size[2] - 1);
  if (come[k] !== 1) return null;
  return valueAt(values, size, at, { between: 'nearest', edge: 'clamp', outside: NaN });
}

function doseAt(scene: Scene, pointMm: Vec3): Probe['dose'] {
  const { dose, study } = scene;
  if (!dose) return null;
  const at = indexOf(dose.source.grid, pointMm);
  const value = valueAt(dose.values, dose.source.grid.size, at, { between: 'linear', edge: 'unknown', outside: NaN });
  const known = Number.isNaN(value) ? null : value;
  const percent = known !== null && study.prescriptionGy ? (known / study.prescriptionGy) * 100 : null;
  return { value: known, unit: dose.source.unit, percent };
}

function mapAt(map: Scene['map'], study: Scene['study'], pointMm: Vec3, language: Language): Probe['map'] {
  if (!map || !liesInFrame(map.overlay, study.image?.frameOfReference)) return null;
  const { overlay, voxels } = map;
  const value = cellValue(voxels, pointMm);
  const label =
    overlay.kind === 'labels' && value !== null ? (overlay.labels?.[Math.round(value)]?.name ?? String(value)) : null;
  return {
    name: say(overlay.name, language),
    value,
    unit: overlay.unit,
    signed: isSigned(overlay.kind),
    cellMm: spacingOf(voxels.source.grid.affine),
    label,
  };
}

/** What a patient point is worth in every volume that is shown: real values, never the screen's. */
export function probeAt(scene: Scene, pointMm: Vec3, language: Language): Probe {
  const value = cellValue(scene.image, pointMm);
  const holding = scene.structures.filter((placed) => holdsPoint(placed, pointMm));
  return {
    pointMm,
    image: value === null ? null : { value, unit: scene.image.source.unit },
    dose: doseAt(scene, pointMm),
    map: mapAt(scene.map ?? shownMap.value, scene.study, pointMm, language),
    inside: holding.map(({ structure }) => structure.name),
    nearest: nearestStructure(
      scene.structures.filter((placed) => !holding.includes(placed) && !isOutline(placed.structure)),
      pointMm,
      nearMm,
    ),
  };
}
