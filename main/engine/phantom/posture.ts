import { clamp } from './curve';
import type { Person } from './person';

/** How one axial plane lies: u = (x − shiftX − shear·y) / size, v = (y − shiftY) / size, w the same over the plane. */
export interface PlanePosture {
  readonly w: number;
  readonly shiftX: number;
  readonly shear: number;
  readonly shiftY: number;
  readonly size: number;
}

/** How the person lies: z in mm above the midpoint of the parotids, in the patient's own axes. */
export type Posture = (z: number) => PlanePosture;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Tangent of the neck's pitch: positive = the head lies further back the higher up. */
export const pitchOf = ({ pitchDegrees }: Person): number => Math.tan(radians(pitchDegrees));

/**
 * Head tilts fade out below the neck; the size of the head fades into that of the trunk between −110 and −20 mm.
 */
export function postureOf(person: Person): Posture {
  const [roll, yaw, pitch] = [radians(person.rollDegrees), radians(person.yawDegrees), pitchOf(person)];
  return (z) => {
    const head = Math.exp(-((Math.min(z + 40, 0) / 60) ** 2));
    const t = clamp((z + 110) / 90, 0, 1);
    const size = 1 + (person.headFactor - 1) * t * t * (3 - 2 * t);
    return {
      w: z > 0 ? z / person.headFactor : z,
      shiftX: head * roll * z + person.lateralMm * (1 - head),
      shear: head * yaw,
      shiftY: 0.6 * pitch * clamp(z, -110, 60),
      size,
    };
  };
}
