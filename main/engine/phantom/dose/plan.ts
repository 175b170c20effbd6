import { affineOf, applyAffine, spacingOf, stepsOf, type Vec3 } from '../../../../shared/geometry';
import type { Grid, Volume } from '../../../../shared/volume';
import { doseStepGy } from '../../dicom/writer/dose';
import { doseAtVolume, doseVolumeHistogram } from '../../volume/doseVolumeHistogram';
import { extentOf } from '../extent';
import { beamAt, densityOf, depthDose, gantryAngles, projected, type Beam } from './beam';
import type { FluenceShape } from './fluence';
import { goalsOf } from './goal';
import { optimise, type Rays } from './optimise';
import { waterDepthAlong, type Densities } from './waterDepth';

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
  readonly masks: Readonly<Record<string, Uint8Array>>;
  /** Targets, the highest prescription first. */
  readonly levels: readonly { readonly name: string; readonly gy: number }[];
  readonly evenness: number;
  readonly pause: (share: number) => Promise<void>;
}

const sizeOf = (length: number, step: number): number => Math.max(2, Math.ceil(length / step) + 1);

/** A mask and its grid, cut to the planes that hold it. */
function boxed(mask: Uint8Array, grid: Grid): readonly [Uint8Array, Grid] {
  const extent = extentOf(mask, grid.size);
  if (extent === null) return [mask, grid];
  const [stepI, stepJ, stepK] = stepsOf(grid.affine);
  const [nx, ny] = grid.size;
  const first = extent.low[2];
  const last = extent.high[2];
  const affine = affineOf(stepI, stepJ, stepK, applyAffine(grid.affine, [0, 0, first]));
  return [mask.subarray(nx * ny * first, nx * ny * (last + 1)), { size: [nx, ny, last - first + 1], affine }];
}

/** A mask at the centres of a coarser grid: the fine voxel that each falls in. */
function sampledAt(mask: Uint8Array, fine: Grid, coarse: Grid): Uint8Array {
  const spacing = spacingOf(fine.affine);
  const step = spacingOf(coarse.affine);
  const at = (axis: 0 | 1 | 2): Int32Array =>
    Int32Array.from({ length: coarse.size[axis] }, (_, n) => {
      const mm = (coarse.affine[3 + 4 * axis] ?? 0) + n * step[axis] - (fine.affine[3 + 4 * axis] ?? 0);
      return Math.min(fine.size[axis] - 1, Math.max(0, Math.round(mm / spacing[axis])));
    });
  const is = at(0);
  const js = at(1);
  const ks = at(2);
  const out = new Uint8Array(coarse.size[0] * coarse.size[1] * coarse.size[2]);
  let index = 0;
  for (const k of ks) {
    for (const j of js) {
      const row = fine.size[0] * (j + fine.size[1] * k);
      for (const i of is) out[index++] = mask[row + i] ?? 0;
    }
  }
  return out;
}

/** Densities of the body on a coarse grid, each the mean of the fine voxels around its centre. */
function densitiesOf({ grid, values }: Volume<Int16Array>, body: Uint8Array, coarse: Grid): Densities {
  const [nx, ny] = grid.size;
  const spacing = spacingOf(grid.affine);
  const step = spacingOf(coarse.affine);
  const zero: Vec3 = [coarse.affine[3], coarse.affine[7], coarse.affine[11]];
  const sums = new Float32Array(coarse.size[0] * coarse.size[1] * coarse.size[2]);
  const counts = new Uint16Array(sums.length);
  const offsets: Vec3 = [grid.affine[3] - zero[0], grid.affine[7] - zero[1], grid.affine[11] - zero[2]];
  for (let k = 0; k < grid.size[2]; k++) {
    const c = Math.round((offsets[2] + k * spacing[2]) / step[2]);
    if (c < 0 || c >= coarse.size[2]) continue;
    for (let j = 0; j < ny; j++) {
      const b = Math.round((offsets[1] + j * spacing[1]) / step[1]);
      if (b < 0 || b >= coarse.size[1]) continue;
      for (let i = 0; i < nx; i++) {
        const a = Math.round((offsets[0] + i * spacing[0]) / step[0]);
        if (a < 0 || a >= coarse.size[0]) continue;
        const at = a + coarse.size[0] * (b + coarse.size[1] * c);
        const index = i + nx * (j + ny * k);
        counts[at] = (counts[at] ?? 0) + 1;
        if (body[index] === 1) sums[at] = (sums[at] ?? 0) + densityOf(values[index] ?? -1000);
      }
    }
  }
  return { size: coarse.size, spacing: step, zero, values: sums.map((sum, at) => sum / Math.max(1, counts[at] ?? 1)) };
}

/**
 * A dose from nine coplanar beams whose fluences are worked out from the goals, scaled so that 95 % of the highest target has
 * its prescription. *Units* Gy. The dose's own grid is coarser than the scan and covers the body around the targets.
 */
export async function planDose({ ct, masks, levels, evenness, pause }: PlanWish): Promise<PlannedDose> {
  const fineStep = spacingOf(ct.grid.affine);
  const body = masks['BODY'];
  if (body === undefined) throw new Error('a plan needs the outline of the body');
  const target = new Uint8Array(body.length);
  for (const { name } of levels) {
    const mask = masks[name] ?? new Uint8Array(0);
    for (let index = 0; index < mask.length; index++) if (mask[index] === 1) target[index] = 1;
  }
  const outline = extentOf(body, ct.grid.size);
  const aimed = extentOf(target, ct.grid.size);
  if (outline === null || aimed === null) throw new Error('a plan needs a body and a target');
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
  const coarseMasks = new Map(Object.entries(masks).map(([name, mask]) => [name, sampledAt(mask, ct.grid, coarse)]));
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
  const voxels = Int32Array.from(inBody.keys()).filter((index) => inBody[index] === 1);
  const depths = beams.map(() => new Float32Array(inBody.length));
  const rays: Rays = {
    voxels,
    bixel: new Int32Array(voxels.length * beams.length),
    fractionU: new Float32Array(voxels.length * beams.length),
    fractionV: new Float32Array(voxels.length * beams.length),
    factor: new Float32Array(voxels.length * beams.length),
  };
  const open = beams.map(() => new Uint8Array(shape.nu * shape.nv));
  for (const [b, beam] of beams.entries()) {
    aim(b, beam, isocentre, {
      coarse,
      densities,
      shape,
      rays,
      goals,
      open: open[b] ?? new Uint8Array(0),
      depth: depths[b] ?? new Float32Array(0),
    });
    await pause(0.1 + (0.3 * (b + 1)) / beams.length);
  }
  const fluences = await optimise(rays, shape, goals, open, evenness, (share) => pause(0.4 + 0.45 * share));

  const fine = box([4, 4, fineStep[2]]);
  const values = await doseOn(fine, sampledAt(body, ct.grid, fine), { beams, isocentre, shape, fluences, coarse, depths }, (share) => pause(0.85 + 0.1 * share)); // prettier-ignore
  const raw: Volume<Float32Array> = { grid: fine, values, unit: 'Gy', frameOfReference: ct.frameOfReference };
  const highest = levels[0] ?? { name: '', gy: 70 };
  const d95 = doseAtVolume(doseVolumeHistogram(raw, ...boxed(masks[highest.name] ?? target, ct.grid)), 95) ?? 0;
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
  readonly densities: Densities;
  readonly shape: FluenceShape;
  readonly rays: Rays;
  readonly goals: { readonly level: Float32Array; readonly atLeast: Float32Array };
  readonly open: Uint8Array;
  readonly depth: Float32Array;
}

/** Follows one beam to every voxel: depth, bixel, dose per fluence; and opens the bixels that see a target or its halo. */
function aim(
  b: number,
  beam: Beam,
  isocentre: Vec3,
  { coarse, densities, shape, rays, goals, open, depth }: Aim,
): void {
  const [nx, ny] = coarse.size;
  const waterDepth = waterDepthAlong(densities, beam, isocentre);
  for (let r = 0; r < rays.voxels.length; r++) {
    const voxel = rays.voxels[r] ?? 0;
    const point = applyAffine(coarse.affine, [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))]);
    const [u, v, behind] = projected(beam, isocentre, point[0], point[1], point[2]);
    const water = waterDepth(point[0], point[1], point[2]);
    depth[voxel] = water;
    const at = b * rays.voxels.length + r;
    const x = (u - shape.u0) / shape.stepU;
    const y = (v - shape.v0) / shape.stepV;
    const i = Math.floor(x);
    const j = Math.floor(y);
    if (i < 0 || j < 0 || i >= shape.nu - 1 || j >= shape.nv - 1) {
      rays.bixel[at] = -1;
      continue;
    }
    const bixel = i + shape.nu * j;
    rays.bixel[at] = bixel;
    rays.fractionU[at] = x - i;
    rays.fractionV[at] = y - j;
    rays.factor[at] = depthDose(water, behind);
    if ((goals.level[voxel] ?? 0) > 0 || (goals.atLeast[voxel] ?? 0) > 0) {
      const nearest = Math.round(x) + shape.nu * Math.round(y);
      open[nearest] = 1;
    }
  }
}

interface Delivery {
  readonly beams: readonly Beam[];
  readonly isocentre: Vec3;
  readonly shape: FluenceShape;
  readonly fluences: readonly Float32Array[];
  readonly coarse: Grid;
  readonly depths: readonly Float32Array[];
}

/** The dose of the fluences on a grid, 0 outside the body. */
async function doseOn(
  grid: Grid,
  body: Uint8Array,
  { beams, isocentre, shape, fluences, coarse, depths }: Delivery,
  pause: (share: number) => Promise<void>,
): Promise<Float32Array> {
  const [nx, ny, nz] = grid.size;
  const step = spacingOf(grid.affine);
  const wide = spacingOf(coarse.affine);
  const dose = new Float32Array(nx * ny * nz);
  const [cx, cy, cz] = coarse.size;
  for (const [b, beam] of beams.entries()) {
    const fluence = fluences[b] ?? new Float32Array(0);
    const depth = depths[b] ?? new Float32Array(0);
    for (let k = 0; k < nz; k++) {
      const z = grid.affine[11] + k * step[2];
      const ck = Math.min(cz - 1, Math.max(0, Math.round((z - coarse.affine[11]) / wide[2])));
      for (let j = 0; j < ny; j++) {
        const y = grid.affine[7] + j * step[1];
        const fj = Math.min(cy - 1.001, Math.max(0, (y - coarse.affine[7]) / wide[1]));
        const j0 = Math.floor(fj);
        for (let i = 0; i < nx; i++) {
          const index = i + nx * (j + ny * k);
          if (body[index] === 0) continue;
          const x = grid.affine[3] + i * step[0];
          const [u, v, behind] = projected(beam, isocentre, x, y, z);
          const p = (u - shape.u0) / shape.stepU;
          const q = (v - shape.v0) / shape.stepV;
          const p0 = Math.floor(p);
          const q0 = Math.floor(q);
          if (p0 < 0 || q0 < 0 || p0 >= shape.nu - 1 || q0 >= shape.nv - 1) continue;
          const at = p0 + shape.nu * q0;
          const fu = p - p0;
          const fv = q - q0;
          const low = (fluence[at] ?? 0) * (1 - fu) + (fluence[at + 1] ?? 0) * fu;
          const high = (fluence[at + shape.nu] ?? 0) * (1 - fu) + (fluence[at + shape.nu + 1] ?? 0) * fu;
          const flow = low * (1 - fv) + high * fv;
          if (flow <= 0) continue;
          const fi = Math.min(cx - 1.001, Math.max(0, (x - coarse.affine[3]) / wide[0]));
          const i0 = Math.floor(fi);
          const a = fi - i0;
          const c = fj - j0;
          const base = i0 + cx * (j0 + cy * ck);
          const above = (depth[base] ?? 0) * (1 - a) + (depth[base + 1] ?? 0) * a;
          const below = (depth[base + cx] ?? 0) * (1 - a) + (depth[base + cx + 1] ?? 0) * a;
          dose[index] = (dose[index] ?? 0) + flow * depthDose(above * (1 - c) + below * c, behind);
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
