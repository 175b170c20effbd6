import { paint, type Canvas } from './canvas';
import { clamp, curve, type Curve } from './curve';
import type { Person } from './person';
import { randomOf } from './random';
import {
  capsule,
  common,
  ellipsoid,
  grown,
  layer,
  mirrored,
  rods,
  smoothUnion,
  tube,
  without,
  type Shape,
} from './shape';
import type { Spine } from './spine';
import { textureOf } from './texture';

/** Airway, larynx and oesophagus. */
export interface Throat {
  readonly airway: Shape;
  readonly larynx: Shape;
  readonly oesophagus: Shape;
  readonly paint: (canvas: Canvas) => void;
  /** Air is painted last, over whatever came to lie in it. */
  readonly paintAir: (canvas: Canvas) => void;
}

export function throatOf(person: Person, spine: Spine): Throat {
  const random = randomOf(person.seed, 'throat');
  const open = clamp(Math.exp(0.3 * random.bounded(2)), 0.55, 1.7);
  const size = Math.exp(0.2 * random.bounded(2));
  const rise = clamp(8 * random.bounded(2) + 0.4 * person.shoulderUpMm, -18, 18);
  const middle = -77 + rise;
  // The throat follows the spine in front of which it lies.
  const meanCord = curve([-280, 108], [-200, 90], [-155, 69], [-125, 53], [-95, 38], [-65, 30], [-35, 26], [0, 26]);
  const follow: Curve = (w) => spine.cord(w) - meanCord(w);
  const lineV = curve(
    [-280, 58], [-240, 50], [-200, 36], [-170, 23], [-140, 10], [-125, 2], [-110, -5], [-95, -11], [-80, -13.5],
    [-65, -12.5], [-50, -12], [-20, -12], [5, -13], [24, -17],
  ); // prettier-ignore
  const glottis = (w: number): number => Math.exp(-(((w - middle - 1) / 7) ** 2));
  // The root of the tongue and the soft palate narrow the pharynx, in each person at heights of their own.
  const narrow = (): number => 6 * Math.sqrt(open) * Math.exp(0.28 * random.bounded(2));
  const rv = curve([-280, 8], [-140, 8.5], [-110, 9], [-95, 8.5], [-65, 8], [-48, narrow()], [-34, 0.85 * narrow()], [-18, narrow()], [-4, 0.8 * narrow()], [8, 7], [24, 9]); // prettier-ignore
  const ru = curve([-280, 8.5], [-110, 8.3], [-95, 7.6], [-65, 7], [-50, 10 * open], [-20, 11 * open], [5, 11 * open], [24, 12]); // prettier-ignore
  const lumen = tube(
    -290,
    26,
    {
      u: () => 0,
      v: (w) => lineV(w) + follow(w),
      ru: (w) => ru(w) * (1 - 0.66 * glottis(w)),
      rv: (w) => rv(w) * (1 + 0.1 * glottis(w)),
    },
    4,
  );
  // What hangs and stands in the throat: the uvula, and the epiglottis behind the tongue's root.
  const uvula = ellipsoid([0.8 * random.bounded(2), -15.5 + follow(-8), -8], [3.4, 3, 10]);
  const lidAt = middle + 26;
  const epiglottis = smoothUnion(
    2,
    capsule([0, -17.5 + follow(lidAt), lidAt - 6], [0, -12 + follow(lidAt), lidAt + 7], 1.7),
    capsule([-6, -15 + follow(lidAt), lidAt], [6, -15 + follow(lidAt), lidAt], 1.6),
  );
  const airway = without(lumen, 0, uvula, epiglottis);
  const centreV = -12 + follow(middle);
  const larynx = common(
    ellipsoid([0, centreV, middle], [15 * size, 17 * size, 30]),
    tube(middle - 14 * size, middle + 14 * size, { u: () => 0, v: () => centreV, ru: () => 60, rv: () => 60 }),
  );
  const oesophagus = tube(-290, -96 + 4 * random.bounded(2), {
    u: curve([-215, 7], [-180, 8], [-150, 5], [-120, 4], [-105, 2], [-96, 1]),
    v: (w) =>
      spine.cord(w) - curve([-280, 44], [-200, 41], [-170, 39], [-150, 36], [-125, 33], [-105, 30.5], [-96, 30])(w),
    ru: () => 8.2,
    rv: curve([-200, 6.2], [-120, 5.2], [-96, 4.6]),
  });
  const grain = textureOf(person.seed, 'throat', 4);
  return {
    airway,
    larynx,
    oesophagus: {
      ...oesophagus,
      low: [oesophagus.low[0], oesophagus.low[1], -186 + rise],
      at: (w) => (w < -186 + rise ? () => 50 : oesophagus.at(w)),
    },
    paint: (canvas) => {
      // Fat of the neck's middle compartment, behind which the oesophagus lies.
      paint(canvas, grown(oesophagus, 2.2), person.fatHU + 25, 0.75);
      paint(canvas, oesophagus, (u, v, w) => 38 + 8 * grain(u, v, w));
      paint(canvas, grown(airway, 2.6), (u, v, w) => person.muscleHU + 4 * grain(u, v, w), 0.9);
      paint(canvas, larynx, (u, v, w) => 38 + 14 * grain(u, v, w));
      const cartilage = 105 + 70 * Math.abs(random.bounded(2));
      const plate: Shape = {
        low: [-24 * size, centreV - 22, middle - 12 * size],
        high: [24 * size, centreV + 10, middle + 10 * size],
        at: (w) =>
          w < middle - 12 * size || w > middle + 10 * size
            ? () => 50
            : (u, v) => {
                const wing = Math.abs(u) * 0.86 - (v - centreV + 15 * size) * 0.5;
                return Math.max(Math.abs(wing) - 1.1, v - centreV - 10);
              },
      };
      // Ossified in patches.
      const patch = textureOf(person.seed, 'cartilage', 7);
      paint(canvas, plate, (u, v, w) => cartilage + 110 * patch(u, v, w));
      const ring = common(
        layer(grown(airway, 0), 2, 5),
        tube(middle - 22 * size, middle - 13 * size, { u: () => 0, v: () => centreV, ru: () => 40, rv: () => 40 }),
      );
      paint(canvas, ring, (u, v, w) => cartilage + 70 * grain(u, v, w)); // cricoid
      const h = middle + 24;
      const horn = rods([[0, centreV - 21, h], [12, centreV - 15, h], [20, centreV + 2, h + 3]], 2.6); // prettier-ignore
      for (const side of [horn, mirrored(horn)]) paint(canvas, side, 420 * person.boneFactor); // hyoid
    },
    paintAir: (canvas) => {
      paint(canvas, airway, -985);
      if (random.chance(0.6)) paint(canvas, ellipsoid([5, spine.cord(-140) - 34, -140], [3.2, 2.2, 14]), -600);
    },
  };
}
