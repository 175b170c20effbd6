import { paint, type Canvas } from './canvas';
import { curve, type Curve } from './curve';
import type { Person } from './person';
import { pitchOf } from './posture';
import { capsule, common, ellipsoid, mirrored, smoothUnion, tube, without, type Shape } from './shape';
import { randomOf } from './random';
import { textureOf } from './texture';

/** The column, the canal and the cord. */
export interface Spine {
  /** v of the cord's centre, by height. */
  readonly cord: Curve;
  readonly vertebrae: Shape;
  readonly canal: Shape;
  readonly spinalCord: Shape;
  /** Height at which the cord becomes the brainstem. */
  readonly cordTop: number;
  readonly paint: (canvas: Canvas) => void;
}

interface Vertebra {
  readonly name: string;
  readonly centre: number;
  readonly halfHeight: number;
  readonly shape: Shape;
  readonly body: Shape;
}

const cordLine = curve([-280, 108], [-240, 102], [-200, 90], [-155, 69], [-125, 53], [-95, 38], [-65, 30], [-35, 26], [0, 26], [40, 25]); // prettier-ignore
const bodyWidth = curve([-220, 17], [-160, 17], [-120, 17.5], [-90, 16.5], [-40, 14], [-20, 13]);
const bodyDepth = curve([-220, 12.5], [-150, 10.5], [-90, 9.4], [-30, 8.2]);
const gapBehindBody = curve([-140, 9], [-100, 6.6], [-60, 6.1], [-20, 7]);
const reachBehind = curve([-220, 36], [-150, 38], [-130, 38], [-112, 30], [-95, 24], [-60, 19], [-25, 22]);

/** A box of height 2h whose plan is an ellipse, edges rounded. */
function drum(centre: number, h: number, u: number, v: Curve, ru: number, rv: number, squareness = 2.6): Shape {
  const least = Math.min(ru, rv);
  const reach = Math.abs(v(centre - h) - v(centre + h));
  return {
    low: [u - ru, v(centre) - rv - reach, centre - h],
    high: [u + ru, v(centre) + rv + reach, centre + h],
    at: (w) => {
      const up = Math.abs(w - centre) - h + 1.5;
      const middle = v(w);
      return (x, y) => {
        const q =
          (Math.abs((x - u) / ru) ** squareness + Math.abs((y - middle) / rv) ** squareness) ** (1 / squareness);
        const out = (q - 1) * least + 1.5;
        return Math.hypot(Math.max(up, 0), Math.max(out, 0)) + Math.min(Math.max(up, out), 0) - 1.5;
      };
    },
  };
}

function subaxial(name: string, centre: number, pitch: number, c: Curve): Vertebra {
  const h = pitch / 2 - 2.1;
  const thoracic = centre < -120;
  const rv = bodyDepth(centre);
  const ru = bodyWidth(centre);
  const middle: Curve = (w) => c(w) - gapBehindBody(w) - rv;
  const body = drum(centre, h, 0, middle, ru, rv);
  const cc = c(centre);
  const reach = reachBehind(centre);
  const droop = thoracic ? 16 : centre < -100 ? 8 : 3;
  const pillarU = thoracic ? 17 : 20.5;
  const side = smoothUnion(
    3,
    capsule([ru - 3, cc - 8, centre + 3], [pillarU, cc - 2, centre + 2], 4.2), // pedicle
    ellipsoid([pillarU, cc - 1, centre - 1], [7.2, 7.5, h + 1.2]), // articular pillar
    capsule([pillarU - 2, cc + 4, centre - 1], [3, cc + 14, centre - 4], 3.1), // lamina
    thoracic
      ? capsule([pillarU, cc + 3, centre + 2], [36, cc + 12, centre + 4], 4, 4.6)
      : capsule([ru, cc - 12, centre], [28, cc - 13, centre - 2], 3.2, 3.8), // transverse process
  );
  const spinous = capsule([0, cc + 12, centre - 3], [0, cc + reach - 4, centre - 3 - droop], 3.1, thoracic ? 3.6 : 4);
  return { name, centre, halfHeight: h, body, shape: smoothUnion(2.5, body, side, mirrored(side), spinous) };
}

function axis(c: Curve): Vertebra {
  const centre = -21;
  const cc = c(centre);
  const body = drum(centre, 8.5, 0, (w) => c(w) - 14.5, 11, 8);
  const dens = smoothUnion(2, capsule([0, cc - 14.5, -17], [0, cc - 14.5, 4], 5.6, 5), body);
  const side = smoothUnion(
    3,
    ellipsoid([16, cc - 10, -13], [9, 9, 6]),
    capsule([17, cc - 4, -18], [19, cc + 2, -27], 5),
    capsule([17, cc + 4, -20], [3, cc + 17, -25], 3.6),
  );
  const spinous = smoothUnion(3, capsule([0, cc + 15, -25], [4, cc + 26, -29], 4), capsule([0, cc + 15, -25], [-4, cc + 26, -29], 4)); // prettier-ignore
  return {
    name: 'C2',
    centre,
    halfHeight: 8.5,
    body: dens,
    shape: smoothUnion(3, dens, side, mirrored(side), spinous),
  };
}

function atlas(c: Curve): Vertebra {
  const cc = c(-1);
  const side = smoothUnion(
    3,
    capsule([0, cc - 26, -2], [12, cc - 21, -2], 3.4), // anterior arch
    ellipsoid([20, cc - 9, -2], [8.5, 10, 8]),
    capsule([22, cc - 7, -3], [37, cc - 6, -4], 3.6, 4.4),
    capsule([20, cc - 1, -3], [17, cc + 12, -3], 3.4),
    capsule([17, cc + 12, -3], [0, cc + 20, -3], 3.2),
  );
  const whole = smoothUnion(2, side, mirrored(side));
  return { name: 'C1', centre: -2, halfHeight: 8, body: side, shape: whole };
}

export function spineOf(person: Person): Spine {
  const random = randomOf(person.seed, 'spine');
  const pitch = pitchOf(person);
  const straight = 3.2 * random.bounded(2);
  const bow = curve([-170, 0], [-110, straight], [-60, -0.6 * straight], [-20, 0]);
  const cord: Curve = (w) => cordLine(w) + 0.4 * pitch * Math.max(-110, Math.min(40, w)) + bow(w);
  const step = 17.8 + 0.8 * random.bounded(2);
  const levels: Vertebra[] = [atlas(cord), axis(cord)];
  const names = ['C3', 'C4', 'C5', 'C6', 'C7', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6'];
  let centre = -29.5;
  let here = step;
  for (const [i, name] of names.entries()) {
    here = step * (1 + 0.035 * Math.max(0, i - 3));
    centre -= here / 2;
    levels.push(subaxial(name, centre, here, cord));
    centre -= here / 2;
  }
  const round = curve([-200, 8.6], [-30, 9], [-12, 11.5], [0, 13.5], [14, 14]);
  const deep: Curve = (w) => round(w) * 0.82;
  const canal = tube(-300, 9, { u: () => 0, v: cord, ru: round, rv: deep });
  const vertebrae = without(smoothUnion(0, ...levels.map(({ shape }) => shape)), 0, canal);

  const cordTop = 5 + 3.5 * random.bounded(2);
  const cordBottom = -179 + 20 * random.bounded(2);
  const thick = 1.1 + 0.14 * random.bounded(2);
  const swell = curve([-180, 6], [-130, 6.2], [-105, 7.1], [-80, 7.2], [-50, 6.6], [10, 6.8]);
  const spinalCord = tube(cordBottom, cordTop, {
    u: () => 0,
    v: cord,
    ru: (w) => swell(w) * thick,
    rv: (w) => swell(w) * thick * 0.82,
  });
  const wholeCord = tube(-300, 14, { u: () => 0, v: cord, ru: (w) => swell(w) * thick, rv: (w) => swell(w) * thick * 0.82 }); // prettier-ignore

  const marrowHU = (290 + 80 * random.bounded(2)) * person.boneFactor;
  const grain = textureOf(person.seed, 'trabeculae', 3.5);
  return {
    cord,
    vertebrae,
    canal,
    spinalCord,
    cordTop,
    paint: (canvas) => {
      for (const { shape, body, centre: level, halfHeight } of levels) {
        paint(canvas, without(shape, 0, canal), 620 * person.boneFactor);
        paint(canvas, without(shape, 1.3, canal), (u, v, w, d) => (d < -1.6 ? marrowHU + 70 * grain(u, v, w) : 560 * person.boneFactor)); // prettier-ignore
        // A disc under the body: soft, between two dense end plates.
        if (level < -10) {
          const low = level - halfHeight - 4.2;
          const disc = tube(low, low + 4.2, {
            u: () => 0,
            v: (w) => cord(w) - gapBehindBody(w) - bodyDepth(w),
            ru: (w) => bodyWidth(w) - 1,
            rv: (w) => bodyDepth(w) - 0.5,
          });
          paint(canvas, without(common(disc, disc), 0, canal), (u, v, w) => 90 + 12 * grain(u, v, w));
        }
        paint(
          canvas,
          {
            ...body,
            at: (w) =>
              (
                (s) => (u, v) =>
                  Math.abs(s(u, v) + 0.9) - 0.7
              )(body.at(w)),
          },
          640,
          0.35,
        );
      }
      paint(canvas, canal, 8);
      paint(canvas, wholeCord, 36);
    },
  };
}
