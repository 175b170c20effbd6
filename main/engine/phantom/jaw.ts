import type { Vec3 } from '../../../shared/geometry';
import { overShape, paint, type Canvas } from './canvas';
import type { Person } from './person';
import { randomOf } from './random';
import { capsule, common, ellipsoid, grown, mirrored, rods, smoothUnion, without, type Shape } from './shape';
import { textureOf } from './texture';

export interface Tooth {
  readonly shape: Shape;
  readonly crown: Vec3;
  readonly filling: boolean;
  readonly fillingHU: number;
  readonly streak: { readonly size: number; readonly phase: number; readonly spokes: number };
}

/** Lower jaw and teeth. */
export interface Jaw {
  readonly mandible: Shape;
  readonly teeth: readonly Tooth[];
  readonly allTeeth: Shape | null;
  /** Height of the lower jaw against the mean, mm. */
  readonly dropMm: number;
  readonly widthFactor: number;
  readonly metal: boolean;
  readonly paint: (canvas: Canvas) => void;
  readonly paintStreaks: (canvas: Canvas, body: Shape) => void;
}

/** The arch of the jaw's body, from the chin to the angle (one side). */
const arch: readonly (readonly [number, number])[] = [[0, -84], [11, -82], [20, -76], [27, -66], [33, -51], [38, -36], [42, -23]]; // prettier-ignore

/** One stretch of the jaw's body: a rounded upright plate between two points of the arch. */
function plate(a: readonly [number, number], b: readonly [number, number], height: (v: number) => number): Shape {
  const du = b[0] - a[0];
  const dv = b[1] - a[1];
  const long = du * du + dv * dv;
  const low = Math.min(height(a[1]), height(b[1])) - 13;
  const high = Math.max(height(a[1]), height(b[1])) + 13;
  return {
    low: [Math.min(a[0], b[0]) - 7, Math.min(a[1], b[1]) - 7, low],
    high: [Math.max(a[0], b[0]) + 7, Math.max(a[1], b[1]) + 7, high],
    at: (w) => (u, v) => {
      const t = Math.max(0, Math.min(1, ((u - a[0]) * du + (v - a[1]) * dv) / long));
      const across = Math.hypot(u - a[0] - t * du, v - a[1] - t * dv) - 2.6;
      const up = Math.abs(w - height(a[1] + t * dv)) - 8.4;
      return Math.hypot(Math.max(across, 0), Math.max(up, 0)) + Math.min(Math.max(across, up), 0) - 2.9;
    },
  };
}

export function jawOf(person: Person): Jaw {
  const random = randomOf(person.seed, 'jaw');
  const widthFactor = 1 + 0.05 * random.bounded(2);
  const dropMm = 5.6 * random.bounded(2);
  const height = (v: number): number => -36 + 0.27 * (v + 85) + 0.8 * dropMm;
  const wide = arch.map(([u, v]) => [u * widthFactor, v] as const);
  const parts: Shape[] = wide.slice(1).map((end, i) => plate(wide[i] ?? end, end, height));
  for (const dy of [-7, 0, 7]) {
    parts.push(
      capsule(
        [43 * widthFactor, -22 + dy, -18 + dropMm],
        [50 * widthFactor, -9 + dy * 0.8, 26 + 0.5 * dropMm - Math.abs(dy)],
        5.1,
        4.1,
      ),
    );
  }
  const condyle = ellipsoid([51 * widthFactor, -2, 27 + 0.5 * dropMm], [9, 4.8, 6]);
  const coronoid = capsule([46 * widthFactor, -27, 0 + dropMm], [48 * widthFactor, -30, 22 + 0.5 * dropMm], 3.6, 2.4);
  const half = smoothUnion(4, ...parts, condyle, coronoid);
  const whole = smoothUnion(3, half, mirrored(half));

  const metal = random.chance(0.8);
  const teeth: Tooth[] = [];
  for (const upper of [false, true]) {
    const toothless = random.chance(0.06);
    for (let place = -7; place <= 7; place++) {
      if (place === 0 || toothless || random.chance(0.2)) continue;
      const rank = Math.abs(place);
      const t = (rank - 0.5) / 7;
      const u = Math.sign(place) * 34 * widthFactor * Math.sin(1.5 * t);
      const v = -82 + 46 * t ** 1.5 + (upper ? -1 : 1);
      const middle = upper ? 0 : -21 + 0.8 * dropMm;
      const molar = rank >= 6;
      const premolar = rank === 4 || rank === 5;
      const [ru, rv] = molar ? [4.4, 4.7] : premolar ? [3.7, 3.3] : [3.1, 3.1];
      const tip = upper ? -1 : 1;
      const crown: Vec3 = [u, v, middle + tip * 5.5];
      const root = capsule([u, v, middle + tip * 3], [u * 0.97, v + 1, middle - tip * 8.5], 2.6, 1.3);
      teeth.push({
        shape: smoothUnion(1.5, ellipsoid(crown, [ru, rv, 4.6]), root),
        crown,
        filling: metal && random.chance(molar || premolar ? 0.34 : 0.1),
        fillingHU: random.between(3100, 3900),
        streak: {
          size: 55 * random.bounded(2),
          phase: random.between(0, 6.3),
          spokes: 4 + Math.floor(3 * random.unit()),
        },
      });
    }
  }
  const allTeeth = teeth.length === 0 ? null : smoothUnion(0, ...teeth.map(({ shape }) => shape));
  const mandible = allTeeth === null ? whole : without(whole, 0, allTeeth);
  const marrow = textureOf(person.seed, 'marrow', 5);
  return {
    mandible,
    teeth,
    allTeeth,
    dropMm,
    widthFactor,
    metal: teeth.some(({ filling }) => filling),
    paint: (canvas) => {
      const bone = person.boneFactor;
      paint(canvas, grown(whole, 1.4), person.muscleHU - 25, 0.6); // gum and periosteum
      paint(canvas, whole, 1260 * bone);
      paint(canvas, grown(whole, -2.3), (u, v, w) => Math.max(-60, 330 * bone + 230 * marrow(u, v, w)));
      for (const { shape, crown } of teeth) {
        paint(canvas, grown(shape, 0.5), 350);
        paint(canvas, shape, 1750);
        paint(canvas, common(shape, ellipsoid(crown, [6, 6, 6])), 2150);
        paint(canvas, grown(shape, -2.1), 1100);
      }
      const nerve = rods([[40 * widthFactor, -25, -22 + dropMm], [32 * widthFactor, -50, height(-50) - 4], [24 * widthFactor, -68, height(-68) - 3]], 1.3); // prettier-ignore
      for (const side of [nerve, mirrored(nerve)]) paint(canvas, side, 60);
    },
    paintStreaks: (canvas, body) => {
      for (const { filling, fillingHU, crown, streak } of teeth) {
        if (!filling) continue;
        paint(canvas, ellipsoid([crown[0], crown[1], crown[2]], [3.4, 3.4, 3.2]), fillingHU);
        const reach: Shape = {
          low: [crown[0] - 90, crown[1] - 60, crown[2] - 5],
          high: [crown[0] + 90, crown[1] + 100, crown[2] + 5],
          at: (w) => body.at(w),
        };
        overShape(canvas, reach, 0, (index, u, v, w) => {
          const x = u - crown[0];
          const y = v - crown[1];
          const r = Math.hypot(x, y);
          if (r < 3) return;
          const fade = Math.exp(-r / 38) * (1 - (Math.abs(w - crown[2]) / 5) ** 2);
          const angle = Math.atan2(y, x);
          const spoke = Math.sin(streak.spokes * angle + streak.phase) + 0.5 * Math.sin(11 * angle + 2 * streak.phase);
          canvas.values[index] = (canvas.values[index] ?? 0) + 2.2 * streak.size * fade * spoke;
        });
      }
    },
  };
}
