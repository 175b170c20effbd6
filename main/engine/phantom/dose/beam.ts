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

/** Where a ray crosses the isocentre plane: across, up (mm there), and how far behind that plane the point lies (mm). */
export function projected(beam: Beam, isocentre: Vec3, x: number, y: number, z: number): Vec3 {
  const dx = x - isocentre[0];
  const dy = y - isocentre[1];
  const dz = z - isocentre[2];
  const behind = dx * beam.along[0] + dy * beam.along[1];
  const magnified = sourceAxisMm / (sourceAxisMm + behind);
  return [(dx * beam.across[0] + dy * beam.across[1]) * magnified, dz * magnified, behind];
}

/**
 * Dose per fluence at a water-equivalent depth: build-up, attenuation of a 6 MV beam, inverse square.
 * Source: a fit to published plans of the OpenKBP set (Babier et al., Med. Phys. 48 (2021) 5549).
 */
export function depthDose(waterMm: number, behindMm: number): number {
  const spread = sourceAxisMm / (sourceAxisMm + behindMm);
  return (1 - 0.5 * Math.exp(-waterMm / 5)) * Math.exp(-0.0046 * waterMm) * spread * spread;
}

/** Density relative to water. */
export const densityOf = (hu: number): number => Math.max(0, hu < 0 ? 1 + hu / 1000 : 1 + 0.0006 * hu);
