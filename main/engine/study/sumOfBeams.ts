import type { Grid } from '../../../shared/volume';
import type { Dose, Plan } from './study';

/**
 * The dose of a plan that came beam by beam: the sum of its BEAM doses, or null. Only where no whole dose of that plan is
 * there, every beam of the plan has one dose, and all lie on one grid in one unit. *Units* those of the doses.
 */
export function sumOfBeams(doses: readonly Dose[], plan: Plan): Dose | null {
  const own = doses.filter(({ planUid, doseType }) => planUid === plan.uid && doseType !== 'ERROR');
  if (own.some(({ summationType }) => summationType !== 'BEAM')) return null;
  const numbers = own.map(({ beamNumber }) => beamNumber);
  const wanted = plan.shape.beams.map(({ number }) => number);
  if (wanted.length < 2 || numbers.length !== wanted.length || !wanted.every((one) => numbers.includes(one)))
    return null;
  const [one, ...others] = own as [Dose, ...Dose[]];
  const alike = others.every(
    ({ volume, doseType }) =>
      doseType === one.doseType && volume.unit === one.volume.unit && sameGrid(volume.grid, one.volume.grid),
  );
  if (!alike) return null;
  // In double precision, as if the planning system had added before it rounded.
  const sum = Float64Array.from(one.volume.values);
  for (const { volume } of others)
    for (let v = 0; v < sum.length; v++) sum[v] = (sum[v] as number) + (volume.values[v] as number);
  const values = Float32Array.from(sum);
  const maximum = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    uid: `${plan.uid} beams`,
    volume: { ...one.volume, values },
    maximum,
    doseType: one.doseType,
    summationType: 'PLAN',
    planUid: plan.uid,
    beamNumber: null,
    label: plan.shape.label,
    notes: [{ code: 'study/dose-summed', facts: { count: own.length }, where: {} }],
  };
}

/** Positions are written with few decimals. */
const tolerance = 1e-4;

const sameGrid = (a: Grid, b: Grid): boolean =>
  a.size.every((n, axis) => n === b.size[axis]) &&
  a.affine.every((entry, n) => Math.abs(entry - (b.affine[n] as number)) <= tolerance);
