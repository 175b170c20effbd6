import type { Vec3 } from '../../../../shared/geometry';

/** A coplanar photon beam of a head-first, supine patient: gantry 0 from the front, 90 from the patient's left (IEC 61217). */
export interface Beam {
  readonly gantryDegrees: number;
  /** Unit vectors: from the source to the isocentre, and across the field (LPS). */
  readonly along: Vec3;
  readonly across: Vec3;
}

/** Source to isocentre, mm. */
export const sourceAxisMm = 1000;

/** Nine coplanar beams, 40° apart: what the dose of 42 published plans shows. */
export const gantryAngles = [0, 40, 80, 120, 160, 200, 240, 280, 320] as const;

export function beamAt(gantryDegrees: number): Beam {
  const angle = (gantryDegrees * Math.PI) / 180;
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  return { gantryDegrees, along: [-sin, cos, 0], across: [cos, sin, 0] };
}

/** Build-up and attenuation by depth in water, every half millimetre. */
const tableMm = 0.5;
const deepest = 700;
const inWater = Float64Array.from({ length: deepest / tableMm + 2 }, (_, n) => {
  const mm = n * tableMm;
  return (1 - 0.5 * Math.exp(-mm / 5)) * Math.exp(-0.0046 * mm);
});

/**
 * Dose per fluence at a water-equivalent depth: build-up, attenuation of a 6 MV beam, inverse square.
 * Source: a fit to published plans of the OpenKBP set (Babier et al., Med. Phys. 48 (2021) 5549).
 */
export function depthDose(waterMm: number, behindMm: number): number {
  const spread = sourceAxisMm / (sourceAxisMm + behindMm);
  const at = waterMm < deepest ? waterMm / tableMm : deepest / tableMm;
  const i = at | 0;
  const [near, far] = [inWater[i] ?? 0, inWater[i + 1] ?? 0];
  return (near + (at - i) * (far - near)) * spread * spread;
}

/** Density relative to water. */
export const densityOf = (hu: number): number => Math.max(0, hu < 0 ? 1 + hu / 1000 : 1 + 0.0006 * hu);
