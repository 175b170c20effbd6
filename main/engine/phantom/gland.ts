import { paint, type Canvas } from './canvas';
import { clamp, curve } from './curve';
import type { Jaw } from './jaw';
import type { Person } from './person';
import { randomOf, type Random } from './random';
import { common, ellipsoid, grown, mirrored, rods, smoothUnion, tube, without, type Shape } from './shape';
import { textureOf } from './texture';

/** Salivary glands; vessels and thyroid are painted with them. */
export interface Glands {
  readonly parotidLeft: Shape;
  readonly parotidRight: Shape;
  readonly submandibularLeft: Shape;
  readonly submandibularRight: Shape;
  readonly parotidHU: number;
  readonly paint: (canvas: Canvas) => void;
}

function parotid(random: Random, size: number, jaw: Jaw, body: Shape, vein: Shape): Shape {
  const f = size * Math.exp(0.04 * random.bounded(2));
  const c = [57.3 + 1.5 * random.bounded(2), 1.5 * random.bounded(2), 1.5 * random.bounded(2)] as const;
  const whole = smoothUnion(
    5,
    ellipsoid([c[0] + 1, c[1] - 1, c[2]], [16 * f, 19 * f, 29 * f]),
    ellipsoid([c[0] - 7, c[1] + 7, c[2] + 2], [8 * f, 10 * f, 16 * f]),
    ellipsoid([c[0] + 4, c[1] - 9, c[2] + 6], [6 * f, 15 * f, 13 * f]),
  );
  return without(common(whole, grown(body, -4)), 1, jaw.mandible, vein);
}

export function glandsOf(person: Person, body: Shape, jaw: Jaw): Glands {
  const random = randomOf(person.seed, 'gland');
  const size = 0.93 * Math.exp((0.38 * random.bounded(2)) / 3);
  const parotidHU = 5 + 24 * random.bounded(2) - 5 * person.fatness;
  // A strut of muscle and mastoid behind keeps the gland's back hollow.
  const behind = smoothUnion(4, ellipsoid([54, 25, 8], [11, 12, 18]), tube(-112, 15, {
    u: curve([-112, 24], [-80, 38], [-30, 52], [15, 57]),
    v: curve([-112, -22], [-80, 0], [-30, 23], [15, 30]),
    ru: () => 11,
    rv: () => 8.5,
  })); // prettier-ignore
  const parotidLeft = parotid(random, size, jaw, body, behind);
  const parotidRight = mirrored(parotid(random, size, jaw, body, behind));
  const submandibular = (): Shape => {
    const f = Math.exp(0.12 * random.bounded(2));
    const [u, v, w] = [30 + 1.5 * random.bounded(2), -40 + 2 * random.bounded(2), -42 + 0.6 * jaw.dropMm];
    const gland = smoothUnion(3, ellipsoid([u, v, w], [9 * f, 15 * f, 15 * f]), ellipsoid([u - 5, v - 8, w + 4], [6 * f, 10 * f, 7 * f])); // prettier-ignore
    return without(common(gland, grown(body, -4)), 1, jaw.mandible);
  };
  const submandibularLeft = submandibular();
  const submandibularRight = mirrored(submandibular());
  return {
    parotidLeft,
    parotidRight,
    submandibularLeft,
    submandibularRight,
    parotidHU,
    paint: (canvas) => {
      const lobules = textureOf(person.seed, 'gland lobules', 3.6);
      for (const gland of [parotidLeft, parotidRight]) {
        const own = 3 * random.bounded(2);
        paint(canvas, grown(gland, 1.4), person.fatHU + 30, 0.45);
        paint(canvas, gland, (u, v, w) => parotidHU + own + 15 * lobules(u, v, w));
      }
      for (const gland of [submandibularLeft, submandibularRight]) {
        paint(canvas, grown(gland, 1.2), person.fatHU + 30, 0.7);
        paint(canvas, gland, (u, v, w) => 0.6 * parotidHU + 24 + 8 * lobules(u, v, w));
      }
      const sheath = textureOf(person.seed, 'sheath', 11, 20);
      const blood = person.muscleHU + (person.contrast ? 105 : 0);
      const veinSize = Math.exp(0.2 * random.bounded(2));
      for (const sign of [1, -1]) {
        const carotid = tube(-200, 20, {
          u: curve(
            [-200, sign * 14],
            [-150, sign * 20],
            [-110, sign * 25],
            [-60, sign * 28],
            [0, sign * 31],
            [20, sign * 32],
          ),
          v: curve([-200, 20], [-150, 12], [-110, 8], [-60, 1], [0, 8], [20, 9]),
          ru: curve([-110, 3.6], [-62, 4.6], [-40, 2.8], [20, 2.6]),
          rv: curve([-110, 3.6], [-62, 4.4], [-40, 2.8], [20, 2.6]),
        });
        // The outer branch leaves the common carotid at the height of the hyoid.
        const branch = rods(
          [
            [sign * 28, 1, -60],
            [sign * 27, -6, -46],
            [sign * 32, -10, -26],
            [sign * 42, -6, -2],
          ],
          2.3 + 0.3 * random.bounded(2),
        );
        const wide = veinSize * Math.exp(0.18 * random.bounded(2));
        const flat = clamp(0.72 + 0.16 * random.bounded(2), 0.45, 1);
        const vein = tube(
          -150,
          18,
          {
            u: curve([-150, sign * 30], [-110, sign * 34], [-60, sign * 37], [0, sign * 36], [20, sign * 36]),
            v: curve([-150, 2], [-110, 4], [-60, 4], [0, 13], [20, 15]),
            ru: curve([-150, 6.6 * wide], [-110, 6 * wide], [-60, 5 * wide], [-20, 3.9 * wide], [18, 3.4 * wide]),
            rv: curve([-150, 5.6 * wide], [-110, 5.6 * wide * flat], [-60, 4.8 * wide * flat], [18, 3.2 * wide]),
          },
          0,
          sign * (0.5 + 0.25 * random.bounded(2)),
        );
        paint(canvas, grown(smoothUnion(6, carotid, vein, branch), 2), (u, v, w) => {
          const share = clamp(0.55 + 0.4 * sheath(u, v, w), 0.1, 1);
          return person.muscleHU + (person.fatHU - person.muscleHU) * share;
        });
        paint(canvas, smoothUnion(2, carotid, branch), blood + (person.contrast ? 45 : 0));
        paint(canvas, vein, blood);
        const lobe = ellipsoid([sign * 19, 0, -104], [8, 9, 21]);
        paint(canvas, lobe, (u, v, w) => 98 + (person.contrast ? 50 : 0) + 8 * lobules(u, v, w));
      }
      paint(canvas, ellipsoid([0, -16, -112], [16, 3.6, 7]), 98);
    },
  };
}
