import type { Severity } from '../../../../../shared/analysis/robustnessFamilies';
import { stepsOf } from '../../../../../shared/geometry';
import { bodyOf } from '../../../volume/body';
import { distanceMm } from '../../../volume/distance';
import { refusalOf, type Family } from '../family';
import { spacingOfField, type Physical } from '../physical';

const air = -1000;
/** The skin's own blur belongs to the body. */
const skinMm = 3;
const slab = { thicknessMm: 20, hu: 0 } as const;
const needs = { reads: 'image', units: true, modality: 'CT' } as const;

/** The grid's axis along the patient's back and front, and whether it grows to the back. */
function backwards({ grid }: Physical): { readonly axis: 0 | 1 | 2; readonly sign: 1 | -1 } {
  const along = stepsOf(grid.affine).map((step) => step[1]);
  const axis = ([0, 1, 2] as const).reduce((best, own) =>
    Math.abs(along[own] as number) > Math.abs(along[best] as number) ? own : best,
  );
  return { axis, sign: (along[axis] as number) < 0 ? -1 : 1 };
}

/** The scan with another couch; the body and its skin stay as they are. */
function withCouch(field: Physical): (severity: Severity) => Float32Array {
  const { grid, values } = field;
  const { mask } = bodyOf(null, { grid, values, unit: 'HU', frameOfReference: '' });
  const away = distanceMm(mask, grid);
  const spacing = spacingOfField(field);
  const { axis, sign } = backwards(field);
  const stride = [1, grid.size[0], grid.size[0] * grid.size[1]][axis] as number;
  const placeOf = (voxel: number): number => Math.floor(voxel / stride) % grid.size[axis];
  const outside = (voxel: number): boolean => (away[voxel] as number) > skinMm;
  let back = -Infinity;
  for (let v = 0; v < mask.length; v++) if (mask[v] === 1) back = Math.max(back, sign * placeOf(v));
  return (severity) => {
    if (severity === 0) return values;
    const changed = values.slice();
    for (let v = 0; v < changed.length; v++) {
      if (!outside(v)) continue;
      const place = placeOf(v);
      if (severity === 'slab') {
        const below = (sign * place - back) * spacing[axis];
        if (below > skinMm && below <= skinMm + slab.thicknessMm) changed[v] = Math.max(slab.hu, values[v] as number);
        continue;
      }
      if (severity === 'removed') {
        changed[v] = air;
        continue;
      }
      const from = place - sign * Math.round(Number(severity) / spacing[axis]);
      const origin = v + (from - place) * stride;
      changed[v] = from >= 0 && from < grid.size[axis] && outside(origin) ? (values[origin] as number) : air;
    }
    return changed;
  };
}

/** Another couch under the same patient: none, a slab more, or the same one further down. */
export const couch: Family = {
  id: 'couch',
  refusal: (subject) => refusalOf('couch', needs, subject),
  begin: ({ subject, signal }) => {
    const ready = new Map<Physical, (severity: Severity) => Float32Array>();
    return Promise.resolve({
      at: (severity) =>
        subject.apply(
          {
            image: (field) => {
              if (field.modality !== 'CT') return field.values;
              const made = ready.get(field) ?? withCouch(field);
              ready.set(field, made);
              return made(severity);
            },
          },
          signal,
        ),
    });
  },
};
