import { clamp, curve } from './curve';
import { deformationOf } from './deformation';
import type { Person } from './person';
import { randomOf } from './random';

/** Writes the anatomical place (u, v, w) of the point x of one row. */
export type RowPosture = (x: number, place: Float64Array) => void;
/** How the person lies, plane by plane and row by row: z and y in mm from the midpoint of the parotids. */
export type Posture = (z: number) => (y: number) => RowPosture;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Tangent of the neck's pitch: positive = the head lies further back the higher up. */
export const pitchOf = ({ pitchDegrees }: Person): number => Math.tan(radians(pitchDegrees));

/** A head is nearly even on both sides, a trunk on a couch is not. */
const unevenness = curve([-200, 1.5], [-110, 1.4], [-60, 1.15], [0, 0.75], [60, 0.6], [140, 0.6]);

/** Before and behind these (y, mm) there is nobody: what is there need not bend. */
const [front, back] = [-175, 265];

/**
 * Head tilts fade out below the neck, where the shoulders have a tilt of their own; the size of the head fades into that of the
 * trunk between −110 and −20 mm. On top nothing in a person is straight or the same on both sides: a wide slow displacement of a
 * few mm, and a small one that takes the roundness from vessels and muscles.
 */
export function postureOf(person: Person): Posture {
  const [roll, yaw, pitch] = [radians(person.rollDegrees), radians(person.yawDegrees), pitchOf(person)];
  const random = randomOf(person.seed, 'posture');
  const slope = radians(1.3 * random.bounded(2));
  const twist = radians(1.5 * random.bounded(2));
  const wide = deformationOf(person.seed, 'wide', 62, [2.6, 2.4, 2.8], unevenness);
  const small = deformationOf(person.seed, 'small', 24, [0.75, 0.75, 0.9], unevenness);
  return (z) => {
    const head = Math.exp(-((Math.min(z + 40, 0) / 60) ** 2));
    const t = clamp((z + 110) / 90, 0, 1);
    const size = 1 + (person.headFactor - 1) * t * t * (3 - 2 * t);
    const height = z > 0 ? z / person.headFactor : z;
    const shiftX = head * roll * z + person.lateralMm * (1 - head);
    const shiftY = 0.6 * pitch * clamp(z, -110, 60);
    const turn = head * yaw + (1 - head) * twist;
    const lean = head * roll + (1 - head) * slope;
    const [far, near] = [wide(z), small(z)];
    return (y) => {
      const straight = y < front || y > back;
      const [farRow, nearRow] = [far(y), near(y)];
      return (x, place) => {
        place[0] = (x - shiftX - turn * y) / size;
        place[1] = (y - shiftY + turn * x) / size;
        place[2] = height + lean * x;
        if (straight) return;
        farRow(x, place);
        nearRow(x, place);
      };
    };
  };
}
