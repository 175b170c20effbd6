import { affineOf, applyAffine, spacingOf, stepsOf, type Vec3 } from '../../../../shared/geometry';
import type { Grid, Volume } from '../../../../shared/volume';
import { doseStepGy } from '../../dicom/writer/dose';
import { doseAtVolume, doseVolumeHistogram } from '../../volume/doseVolumeHistogram';
import type { DistanceField } from '../distanceField';
import { beamAt, densityOf, depthDose, gantryAngles, sourceAxisMm, type Beam } from './beam';
import type { FluenceShape } from './fluence';
import { goalsOf } from './goal';
import { optimise, type Rays } from './optimise';
import { waterDepthAlong, type Densities, type WaterDepth } from './waterDepth';

/** Where a beam is open at the isocentre, mm: the field that the plan's jaws stand for. */
export interface Field {
  readonly gantryDegrees: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export interface PlannedDose {
  readonly dose: Volume<Float32Array>;
  readonly isocentre: Vec3;
  readonly fields: readonly Field[];
}

export interface PlanWish {
  readonly ct: Volume<Int16Array>;
  readonly structures: readonly { readonly name: string; readonly field: DistanceField }[];
  /** Targets, the highest prescription first. */
  readonly levels: readonly { readonly name: string; readonly gy: number }[];
  readonly evenness: number;
  readonly pause: (share: number) => Promise<void>;
}

const sizeOf = (length: number, step: number): number => Math.max(2, Math.ceil(length / step) + 1);

/** The mask of a field over its own box, and the box as a grid. */
function boxed({ start, size, distance }: DistanceField, { affine }: Grid): readonly [Uint8Array, Grid] {
  const [stepI, stepJ, stepK] = stepsOf(affine);
  const mask = new Uint8Array(distance.length);
  for (let at = 0; at < mask.length; at++) if ((distance[at] ?? 1) < 0) mask[at] = 1;
  return [mask, { size, affine: affineOf(stepI, stepJ, stepK, applyAffine(affine, start)) }];
}

/** The mask of a field at the centres of a coarser grid: the fine voxel that each falls in. */
function sampledAt({ start, size, distance }: DistanceField, fine: Grid, coarse: Grid): Uint8Array {
  const spacing = spacingOf(fine.affine);
  const step = spacingOf(coarse.affine);
  // Index in the field's box, -1 beyond it.
  const at = (axis: 0 | 1 | 2): Int32Array =>
    Int32Array.from({ length: coarse.size[axis] }, (_, n) => {
      const mm = (coarse.affine[3 + 4 * axis] ?? 0) + n * step[axis] - (fine.affine[3 + 4 * axis] ?? 0);
      const index = Math.min(fine.size[axis] - 1, Math.max(0, Math.round(mm / spacing[axis]))) - start[axis];
      return index < 0 || index >= size[axis] ? -1 : index;
    });
  const is = at(0);
  const js = at(1);
  const ks = at(2);
  const out = new Uint8Array(coarse.size[0] * coarse.size[1] * coarse.size[2]);
  let index = 0;
  for (const k of ks) {
    for (const j of js) {
      if (k < 0 || j < 0) {
        index += is.length;
        continue;
      }
      const row = size[0] * (j + size[1] * k);
      for (const i of is) {
        if (i >= 0 && (distance[row + i] ?? 1) < 0) out[index] = 1;
        index++;
      }
    }
  }
  return out;
}

interface Extent {
  readonly low: Vec3;
  readonly high: Vec3;
  readonly mean: Vec3;
}

/** Lowest and highest voxel of some structures, and the mean of all their voxels, in indices of the scan. */
function extentOf(fields: readonly DistanceField[]): Extent | null {
  const low: [number, number, number] = [1e6, 1e6, 1e6];
  const high: [number, number, number] = [-1, -1, -1];
  const sum: [number, number, number] = [0, 0, 0];
  let voxels = 0;
  for (const { start, size, distance } of fields) {
    let at = 0;
    for (let k = start[2]; k < start[2] + size[2]; k++) {
      for (let j = start[1]; j < start[1] + size[1]; j++) {
        for (let i = start[0]; i < start[0] + size[0]; i++, at++) {
          if ((distance[at] ?? 1) >= 0) continue;
          if (i < low[0]) low[0] = i;
          if (i > high[0]) high[0] = i;
          if (j < low[1]) low[1] = j;
          if (j > high[1]) high[1] = j;
          if (k < low[2]) low[2] = k;
          if (k > high[2]) high[2] = k;
          sum[0] += i;
          sum[1] += j;
          sum[2] += k;
          voxels++;
        }
      }
    }
  }
  return voxels === 0 ? null : { low, high, mean: [sum[0] / voxels, sum[1] / voxels, sum[2] / voxels] };
}

/** Densities of the body on a coarse grid, each the mean of the fine voxels around its centre. */
function densitiesOf({ grid, values }: Volume<Int16Array>, body: DistanceField, coarse: Grid): Densities {
  const [nx, ny] = grid.size;
  const spacing = spacingOf(grid.affine);
  const step = spacingOf(coarse.affine);
  const zero: Vec3 = [coarse.affine[3], coarse.affine[7], coarse.affine[11]];
  const sums = new Float32Array(coarse.size[0] * coarse.size[1] * coarse.size[2]);
  const counts = new Uint16Array(sums.length);
  const into = (axis: 0 | 1 | 2, zeroMm: number): Int32Array =>
    Int32Array.from({ length: body.size[axis] }, (_, n) => {
      const index = Math.round((zeroMm + (body.start[axis] + n) * spacing[axis] - zero[axis]) / step[axis]);
      return index < 0 || index >= coarse.size[axis] ? -1 : index;
    });
  const as = into(0, grid.affine[3]);
  const bs = into(1, grid.affine[7]);
  const cs = into(2, grid.affine[11]);
  for (let k = 0; k < body.size[2]; k++) {
    const c = cs[k] ?? -1;
    if (c < 0) continue;
    for (let j = 0; j < body.size[1]; j++) {
      const b = bs[j] ?? -1;
      if (b < 0) continue;
      const row = coarse.size[0] * (b + coarse.size[1] * c);
      const from = body.size[0] * (j + body.size[1] * k);
      const seen = body.start[0] + nx * (body.start[1] + j + ny * (body.start[2] + k));
      for (let i = 0; i < body.size[0]; i++) {
        const a = as[i] ?? -1;
        if (a < 0) continue;
        counts[row + a] = (counts[row + a] ?? 0) + 1;
        if ((body.distance[from + i] ?? 1) < 0)
          sums[row + a] = (sums[row + a] ?? 0) + densityOf(values[seen + i] ?? -1000);
      }
    }
  }
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? 0) / Math.max(1, counts[at] ?? 1);
  return { size: coarse.size, spacing: step, zero, values: sums };
}

/**
 * A dose from nine coplanar beams whose fluences are worked out from the goals, scaled so that 95 % of the highest target has
 * its prescription. *Units* Gy. The dose's own grid is coarser than the scan and covers the body around the targets.
 */
export async function planDose({ ct, structures, levels, evenness, pause }: PlanWish): Promise<PlannedDose> {
  const fineStep = spacingOf(ct.grid.affine);
  const fieldNamed = (name: string): DistanceField | undefined => structures.find((one) => one.name === name)?.field;
  const body = fieldNamed('BODY');
  const aims = levels.flatMap(({ name }) => fieldNamed(name) ?? []);
  const [highestField] = aims;
  const outline = body && extentOf([body]);
  const aimed = extentOf(aims);
  if (body === undefined || !outline || aimed === null || highestField === undefined)
    throw new Error('a plan needs a body and a target');
  const centre = applyAffine(ct.grid.affine, aimed.mean);
  const isocentre: Vec3 = [
    Math.round(centre[0] * 10) / 10,
    Math.round(centre[1] * 10) / 10,
    Math.round(centre[2] * 10) / 10,
  ];

  const box = (step: Vec3): Grid => {
    const reach = Math.ceil(32 / fineStep[2]);
    const start = applyAffine(ct.grid.affine, [
      outline.low[0] - 1,
      outline.low[1] - 1,
      Math.max(0, aimed.low[2] - reach),
    ]);
    const end = applyAffine(ct.grid.affine, [
      outline.high[0] + 1,
      outline.high[1] + 1,
      Math.min(ct.grid.size[2] - 1, aimed.high[2] + reach),
    ]);
    const size: Vec3 = [
      sizeOf(end[0] - start[0], step[0]),
      sizeOf(end[1] - start[1], step[1]),
      // The last plane stays within the scan.
      Math.max(2, Math.floor((end[2] - start[2]) / step[2] + 1e-6) + 1),
    ];
    // Whole hundredths, which a file can hold.
    const [x, y, z] = start;
    const zero: Vec3 = [Math.round(x * 100) / 100, Math.round(y * 100) / 100, z];
    return { size, affine: affineOf([step[0], 0, 0], [0, step[1], 0], [0, 0, step[2]], zero) };
  };
  const coarse = box([5, 5, 2 * fineStep[2]]);
  const coarseMasks = new Map(structures.map(({ name, field }) => [name, sampledAt(field, ct.grid, coarse)]));
  await pause(0.05);
  const densities = densitiesOf(ct, body, coarse);
  const goals = goalsOf(coarse, coarseMasks, levels);
  const beams = gantryAngles.map((angle) => beamAt(angle));
  await pause(0.1);

  // Beyond the targets and their penumbra nothing is open.
  const low = applyAffine(ct.grid.affine, aimed.low);
  const high = applyAffine(ct.grid.affine, aimed.high);
  const reachMm =
    1.15 *
      Math.max(
        ...[low, high].flatMap((x) => [low, high].map((y) => Math.hypot(x[0] - isocentre[0], y[1] - isocentre[1]))),
      ) +
    45;
  const shape: FluenceShape = fluenceShape(coarse, isocentre, fineStep[2], reachMm);
  const inBody = coarseMasks.get('BODY') ?? new Uint8Array(0);
  const voxels = Int32Array.from(inBody.keys()).filter(
    (index) => inBody[index] === 1 && (goals.standsFor[index] ?? 0) > 0,
  );
  const depths: WaterDepth[] = [];
  const rays: Rays = {
    voxels,
    bixel: new Int32Array(voxels.length * beams.length),
    fractionU: new Float32Array(voxels.length * beams.length),
    fractionV: new Float32Array(voxels.length * beams.length),
    factor: new Float32Array(voxels.length * beams.length),
  };
  const open = beams.map(() => new Uint8Array(shape.nu * shape.nv));
  for (const [b, beam] of beams.entries()) {
    const depth = waterDepthAlong(densities, beam, isocentre);
    depths.push(depth);
    aim(b, beam, isocentre, { coarse, shape, rays, goals, open: open[b] ?? new Uint8Array(0), depth });
    await pause(0.1 + (0.3 * (b + 1)) / beams.length);
  }
  const fluences = await optimise(rays, shape, goals, open, evenness, (share) => pause(0.4 + 0.45 * share));

  const fine = box([4, 4, fineStep[2]]);
  const values = await doseOn(fine, sampledAt(body, ct.grid, fine), { beams, isocentre, shape, fluences, depths }, (share) => pause(0.85 + 0.1 * share)); // prettier-ignore
  const raw: Volume<Float32Array> = { grid: fine, values, unit: 'Gy', frameOfReference: ct.frameOfReference };
  const highest = levels[0] ?? { name: '', gy: 70 };
  const d95 = doseAtVolume(doseVolumeHistogram(raw, ...boxed(highestField, ct.grid)), 95) ?? 0;
  if (!(d95 > 0)) throw new Error('the target got no dose');
  // In the steps of the file, so that what is read back is what was planned.
  const stored = (gy: number): number => Math.round(gy / doseStepGy) * doseStepGy;
  const dose = { ...raw, values: values.map((value) => stored((value * highest.gy) / d95)) };
  return {
    dose,
    isocentre,
    fields: beams.map(({ gantryDegrees }, b) => fieldOf(gantryDegrees, shape, open[b] ?? new Uint8Array(0))),
  };
}

function fluenceShape(grid: Grid, isocentre: Vec3, stepV: number, reach: number): FluenceShape {
  const sz = spacingOf(grid.affine)[2];
  const low = (grid.affine[11] - isocentre[2]) * 1.25 - 10;
  const high = (grid.affine[11] + (grid.size[2] - 1) * sz - isocentre[2]) * 1.25 + 10;
  const nu = 2 * Math.ceil(reach / 5) + 1;
  const first = Math.floor(low / (2 * stepV));
  const nv = Math.ceil(high / (2 * stepV)) - first + 1;
  return { nu, nv, stepU: 5, stepV: 2 * stepV, u0: -5 * ((nu - 1) / 2), v0: first * 2 * stepV };
}

interface Aim {
  readonly coarse: Grid;
  readonly shape: FluenceShape;
  readonly rays: Rays;
  readonly goals: { readonly level: Float32Array; readonly atLeast: Float32Array };
  readonly open: Uint8Array;
  readonly depth: WaterDepth;
}

/** Follows one beam to every voxel: bixel and dose per fluence; and opens the bixels that see a target or its halo. */
function aim(b: number, beam: Beam, isocentre: Vec3, { coarse, shape, rays, goals, open, depth }: Aim): void {
  const [nx, ny] = coarse.size;
  const step = spacingOf(coarse.affine);
  const [zeroX, zeroY, zeroZ] = [
    coarse.affine[3] - isocentre[0],
    coarse.affine[7] - isocentre[1],
    coarse.affine[11] - isocentre[2],
  ];
  for (let r = 0; r < rays.voxels.length; r++) {
    const voxel = rays.voxels[r] ?? 0;
    const i = voxel % nx;
    const line = (voxel - i) / nx;
    const j = line % ny;
    const x = zeroX + i * step[0];
    const y = zeroY + j * step[1];
    const z = zeroZ + ((line - j) / ny) * step[2];
    const behind = x * beam.along[0] + y * beam.along[1];
    const magnified = sourceAxisMm / (sourceAxisMm + behind);
    const u = (x * beam.across[0] + y * beam.across[1]) * magnified;
    const v = z * magnified;
    const at = b * rays.voxels.length + r;
    const p = (u - shape.u0) / shape.stepU;
    const q = (v - shape.v0) / shape.stepV;
    const p0 = Math.floor(p);
    const q0 = Math.floor(q);
    if (p0 < 0 || q0 < 0 || p0 >= shape.nu - 1 || q0 >= shape.nv - 1) {
      rays.bixel[at] = -1;
      continue;
    }
    rays.bixel[at] = p0 + shape.nu * q0;
    rays.fractionU[at] = p - p0;
    rays.fractionV[at] = q - q0;
    rays.factor[at] = depthDose(depth(u, v, behind), behind);
    if ((goals.level[voxel] ?? 0) > 0 || (goals.atLeast[voxel] ?? 0) > 0) {
      open[Math.round(p) + shape.nu * Math.round(q)] = 1;
    }
  }
}

interface Delivery {
  readonly beams: readonly Beam[];
  readonly isocentre: Vec3;
  readonly shape: FluenceShape;
  readonly fluences: readonly Float32Array[];
  readonly depths: readonly WaterDepth[];
}

/** The dose of the fluences on a grid, 0 outside the body. */
async function doseOn(
  grid: Grid,
  body: Uint8Array,
  { beams, isocentre, shape, fluences, depths }: Delivery,
  pause: (share: number) => Promise<void>,
): Promise<Float32Array> {
  const [nx, ny, nz] = grid.size;
  const step = spacingOf(grid.affine);
  const dose = new Float32Array(nx * ny * nz);
  const { nu, nv, stepU, stepV, u0, v0 } = shape;
  for (const [b, beam] of beams.entries()) {
    const fluence = fluences[b] ?? new Float32Array(0);
    const depth = depths[b];
    if (depth === undefined) continue;
    for (let k = 0; k < nz; k++) {
      const z = grid.affine[11] + k * step[2] - isocentre[2];
      for (let j = 0; j < ny; j++) {
        const y = grid.affine[7] + j * step[1] - isocentre[1];
        for (let i = 0; i < nx; i++) {
          const index = i + nx * (j + ny * k);
          if (body[index] === 0) continue;
          const x = grid.affine[3] + i * step[0] - isocentre[0];
          const behind = x * beam.along[0] + y * beam.along[1];
          const magnified = sourceAxisMm / (sourceAxisMm + behind);
          const u = (x * beam.across[0] + y * beam.across[1]) * magnified;
          const v = z * magnified;
          const p = (u - u0) / stepU;
          const q = (v - v0) / stepV;
          if (p < 0 || q < 0 || p >= nu - 1 || q >= nv - 1) continue;
          const p0 = p | 0;
          const q0 = q | 0;
          const at = p0 + nu * q0;
          const fu = p - p0;
          const low = (fluence[at] ?? 0) * (1 - fu) + (fluence[at + 1] ?? 0) * fu;
          const high = (fluence[at + nu] ?? 0) * (1 - fu) + (fluence[at + nu + 1] ?? 0) * fu;
          const flow = low + (q - q0) * (high - low);
          if (flow <= 0) continue;
          dose[index] = (dose[index] ?? 0) + flow * depthDose(depth(u, v, behind), behind);
        }
      }
    }
    await pause((b + 1) / beams.length);
  }
  return dose;
}

function fieldOf(gantryDegrees: number, shape: FluenceShape, open: Uint8Array): Field {
  let x0 = 1e3;
  let x1 = -1e3;
  let y0 = 1e3;
  let y1 = -1e3;
  for (let q = 0; q < open.length; q++) {
    if (open[q] === 0) continue;
    const u = shape.u0 + (q % shape.nu) * shape.stepU;
    const v = shape.v0 + Math.floor(q / shape.nu) * shape.stepV;
    [x0, x1, y0, y1] = [Math.min(x0, u), Math.max(x1, u), Math.min(y0, v), Math.max(y1, v)];
  }
  const halfU = shape.stepU / 2;
  const halfV = shape.stepV / 2;
  return { gantryDegrees, x: [x0 - halfU, x1 + halfU], y: [y0 - halfV, y1 + halfV] };
}
