import { paint, type Canvas } from './canvas';
import { clamp, curve } from './curve';
import type { Person } from './person';
import { randomOf } from './random';
import {
  capsule,
  common,
  ellipsoid,
  grown,
  layer,
  mirrored,
  rastered,
  rods,
  smoothUnion,
  tube,
  without,
  type Shape,
} from './shape';
import type { Spine } from './spine';
import { textureOf } from './texture';

/** Skull, brain, brainstem and eyes. */
export interface Cranium {
  readonly skull: Shape;
  readonly brain: Shape;
  readonly brainstem: Shape;
  readonly eyeLeft: Shape;
  readonly eyeRight: Shape;
  readonly paint: (canvas: Canvas) => void;
}

/** Height of the skull base's inner face: two steps down from front to back, divided by the sphenoid and petrous ridges. */
function floorHeight(u: number, v: number): number {
  const side = Math.abs(u);
  const lateral = clamp((side - 11) / 7, 0, 1);
  const petrous = 1 + 0.5 * (side - 10);
  const sphenoid = -33 + 0.12 * side;
  const front = 47 - 6 * clamp((12 - side) / 12, 0, 1);
  const middle = 21 + 9 * clamp(Math.abs(side - 36) / 20, 0, 1.2) ** 2 + 8 * clamp(Math.abs(v + 14) / 20, 0, 1.2) ** 2;
  const clivus = clamp(41 - 1.6 * Math.max(0, v + 4), 4, 41);
  // The posterior fossa is a bowl around the great foramen.
  const back = 3 + 32 * clamp(Math.hypot(0.95 * u, v - 30) / 62, 0, 1.15) ** 1.5;
  const step = (edge: number, width: number): number => clamp((v - edge) / width + 0.5, 0, 1);
  const laterally = front + (middle - front) * step(sphenoid, 9);
  const past = step(petrous + 5, 8);
  const ridge = 12 * Math.exp(-(((v - petrous) / 4.5) ** 2)) * clamp((side - 8) / 8, 0, 1);
  const outer = laterally + (back - laterally) * past + ridge;
  const inner = Math.max(clivus, back * step(12, 8)) + (front - 41) * step(-30, -8);
  return inner + (outer - inner) * lateral;
}

export function craniumOf(person: Person, spine: Spine, body: Shape): Cranium {
  const random = randomOf(person.seed, 'cranium');
  const wide = 67 * (1 + 0.02 * random.bounded(2));
  const deep = 81 * (1 + 0.03 * random.bounded(2));
  const vault = ellipsoid([0, 20, 62], [wide, deep, 66]);
  const eyeU = 32.5 + 1.2 * random.bounded(2);
  const eyeV = -75 + 1.5 * random.bounded(2);
  const orbitRight = smoothUnion(
    6,
    ellipsoid([-33, -68, 43], [19, 18, 17]),
    capsule([-29, -62, 43], [-17, -36, 41], 11, 4),
  );
  const orbit = mirrored(orbitRight);
  const floorAt = (w: number) => (u: number, v: number) => 0.9 * (floorHeight(u, v) - w);
  const cavity = rastered(
    without(
      {
        low: vault.low,
        high: vault.high,
        at: (w) => {
          const vaultAt = vault.at(w);
          const base = floorAt(w);
          return (u, v) => Math.max(vaultAt(u, v), base(u, v));
        },
      },
      2.4,
      orbit,
      orbitRight,
    ),
    2,
    10,
  );
  const thick = clamp(4.8 + 0.7 * random.bounded(2), 3.6, 6.5);
  const uneven = textureOf(person.seed, 'skull thickness', 24);
  const foramen = ellipsoid([0, spine.cord(6), 4], [15, 17, 9]);
  const hull: Shape = {
    ...grown(cavity, 10),
    at: (w) => {
      const section = cavity.at(w);
      return (u, v) =>
        section(u, v) -
        thick -
        1.7 * Math.exp(-(((v - 92) / 26) ** 2)) -
        (v < -40 && w > 50 ? 1.5 : 0) -
        0.7 * uneven(u, v, w);
    },
  };
  const bonyHull = without(common(hull, grown(body, -3)), 0, cavity, foramen);
  const petrousLeft = smoothUnion(
    4,
    capsule([14, 2, 27], [38, 14, 27], 5.5, 8),
    ellipsoid([48, 22, 20], [13, 15, 15]),
    capsule([54, 24, 12], [52, 20, -10], 9, 4.5),
  );
  const condyleLeft = ellipsoid([19, spine.cord(8) - 9, 7], [7.5, 11, 5.5]);
  const clivus = capsule([0, -4, 31], [0, 10, 12], 7, 4.5);
  const skull = without(
    smoothUnion(1.5, bonyHull, petrousLeft, mirrored(petrousLeft), condyleLeft, mirrored(condyleLeft), clivus),
    0,
    foramen,
  );

  const stemThick = 1.14 * Math.exp(0.15 * random.bounded(1.8));
  const bottom = spine.cordTop;
  const v = spine.cord(0);
  const stemWidth = curve([0, 7], [14, 8], [26, 10.5], [34, 14.5], [46, 15.5], [52, 14], [58, 14.5]);
  const stemDepth = curve([0, 6.4], [14, 7.6], [26, 9.5], [34, 12], [46, 13.4], [52, 11], [58, 10.5]);
  const brainstem = tube(bottom, 58 + 4 * random.bounded(2), {
    u: () => 0,
    v: curve([0, v + 1], [14, v + 1], [30, v - 1], [42, v - 3], [60, v - 3]),
    ru: (w) => stemWidth(w) * stemThick,
    rv: (w) => stemDepth(w) * stemThick,
  });
  const brain = without(grown(cavity, -1.6), 0, brainstem);
  const eyeLeft = ellipsoid([eyeU, eyeV, 43], [12, 12.2, 12]);
  const eyeRight = mirrored(eyeLeft);

  const brainHU = 36 + 2 * random.bounded(2);
  const ventricle = 1 + 0.3 * Math.abs(random.bounded(2));
  return {
    skull,
    brain,
    brainstem,
    eyeLeft,
    eyeRight,
    paint: (canvas) => {
      const bone = person.boneFactor;
      const diploe = textureOf(person.seed, 'diploe', 4);
      const cells = textureOf(person.seed, 'air cells', 3.4);
      const gyri = textureOf(person.seed, 'gyri', 9);
      paint(canvas, bonyHull, (x, y, w) => 640 * bone + 90 * diploe(x, y, w));
      paint(canvas, common(layer(hull, -2.2, 0), bonyHull), 1430 * bone);
      paint(canvas, common(layer(cavity, 0, 1.8), bonyHull), 1300 * bone);
      paint(canvas, clivus, (x, y, w) => 460 * bone + 90 * diploe(x, y, w));
      for (const side of [petrousLeft, mirrored(petrousLeft)]) {
        paint(canvas, without(side, 0, foramen), (x, y, w) => 720 * bone + 260 * diploe(x, y, w));
      }
      for (const side of [condyleLeft, mirrored(condyleLeft)]) paint(canvas, side, 480 * bone);
      const mastoid = ellipsoid([54, 23, 10], [7.5, 10, 14]);
      const ear = capsule([50, 8, 19], [76, 8, 20], 2.6, 2.8); // the ear canal
      for (const side of [mastoid, mirrored(mastoid)]) {
        paint(canvas, side, (x, y, w) => (cells(x, y, w) > -0.25 ? -650 : 420));
      }
      for (const side of [ear, mirrored(ear)]) paint(canvas, side, -900);
      paint(canvas, foramen, 10);
      paint(canvas, cavity, 14);
      paint(canvas, grown(cavity, -1.6), (x, y, w, d) => {
        const cortex = d > -7 && Math.abs(gyri(x, y, w)) < 0.16 ? -16 : 0; // sulci
        const white = d < -16 && w > 52 ? -5 : 0;
        return brainHU + cortex + white + 2 * gyri(x, y, w);
      });
      const falx = ellipsoid([0, 21, 78], [1, 76, 48]);
      paint(canvas, common(falx, grown(cavity, -0.5)), 48);
      const lateral = smoothUnion(
        4,
        ellipsoid([9 * ventricle, 6, 74], [5 * ventricle, 20, 7]),
        ellipsoid([15, 38, 70], [5 * ventricle, 17, 8]),
      );
      for (const side of [lateral, mirrored(lateral)]) paint(canvas, side, 8);
      paint(canvas, ellipsoid([0, 16, 62], [2 * ventricle, 12, 9]), 8);
      const tentorium = without(
        common(layer(ellipsoid([0, 62, 12], [66, 58, 46]), -1, 0.6), grown(cavity, -1)),
        2,
        brainstem,
      );
      paint(canvas, tentorium, 50);
      paint(canvas, grown(brainstem, 3.5), 10);
      paint(canvas, ellipsoid([0, v + 17, 34], [5, 4, 11]), 9); // fourth ventricle
      paint(canvas, brainstem, (x, y, w) => 31 + 2 * gyri(x, y, w));
      for (const side of [orbit, orbitRight]) {
        paint(canvas, layer(side, 0, 1.6), 520 * bone, 0.9);
        paint(canvas, common(side, grown(body, -2)), person.fatHU + 12);
      }
      for (const sign of [1, -1]) {
        const u = sign * eyeU;
        const nerve = rods([[u, eyeV + 11, 43], [sign * 25, -50, 42], [sign * 15, -34, 41]], 2.2); // prettier-ignore
        paint(canvas, nerve, 30);
        for (const off of [-1, 1]) {
          const rectus = rods([[u + off * 11, eyeV + 4, 43], [u - sign * 5 + off * 8, -56, 43], [sign * 17, -38, 41]], 2.2); // prettier-ignore
          paint(canvas, rectus, 52);
          paint(
            canvas,
            rods(
              [
                [u, eyeV + 4, 43 + off * 11],
                [u - sign * 5, -56, 43 + off * 8],
                [sign * 17, -38, 41],
              ],
              2.2,
            ),
            52,
          );
        }
        paint(canvas, ellipsoid([u, eyeV, 43], [12, 12.2, 12]), 42);
        paint(canvas, ellipsoid([u, eyeV, 43], [10.6, 10.8, 10.6]), 12);
        paint(canvas, ellipsoid([u, eyeV - 7.5, 43], [4.2, 2.2, 4.2]), 85); // lens
      }
    },
  };
}
