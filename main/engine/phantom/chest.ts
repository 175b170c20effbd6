import { paint, type Canvas } from './canvas';
import type { Person } from './person';
import { randomOf } from './random';
import { capsule, common, ellipsoid, grown, layer, mirrored, rods, smoothUnion, without, type Shape } from './shape';
import type { Spine } from './spine';
import { textureOf } from './texture';

/** Lungs, and the bones of chest and shoulder. */
export interface Chest {
  readonly lungs: Shape;
  readonly paint: (canvas: Canvas) => void;
}

function lung(sign: 1 | -1, apex: number, wide: number, spine: Spine): Shape {
  const bottom = -340;
  return {
    low: [sign > 0 ? 8 : -112, -40, bottom],
    high: [sign > 0 ? 112 : -8, 150, apex],
    at: (w) => {
      // A dome: narrow at the apex, where it leans back over the first rib.
      const t = Math.sqrt(Math.max(0, 1 - Math.max(0, (w - (apex - 120)) / 120) ** 1.7));
      const ru = wide * t;
      const rv = 66 * t;
      const cu = sign * (44 + (wide - 44) * t * 0.85 + 8);
      const cv = spine.cord(w) - 36 - 6 * (1 - t);
      if (t < 0.05) return () => 50;
      return (u, v) => {
        const q = (Math.abs((u - cu) / ru) ** 2.4 + Math.abs((v - cv) / rv) ** 2.4) ** (1 / 2.4);
        return Math.max((q - 1) * Math.min(ru, rv), 9 - sign * u);
      };
    },
  };
}

export function chestOf(person: Person, spine: Spine, body: Shape): Chest {
  const random = randomOf(person.seed, 'chest');
  const up = 0.6 * person.shoulderUpMm;
  const apex = -122 + up + 6 * random.bounded(2);
  const wide = 47 * person.shoulderFactor * (1 + 0.06 * random.bounded(2));
  const left = lung(1, apex, wide * 0.96, spine);
  const right = lung(-1, apex + 4 * random.bounded(2), wide, spine);
  const lungHU = -850 + 32 * random.bounded(2);
  const s = person.shoulderFactor;
  const z = -140 + up;
  const tilt = 0.62;
  const ribAt = random.between(0, 24);
  return {
    lungs: smoothUnion(0, left, right),
    paint: (canvas) => {
      const bone = person.boneFactor;
      const vessels = textureOf(person.seed, 'lung vessels', 5.5);
      const fine = textureOf(person.seed, 'lung', 3);
      const spongy = textureOf(person.seed, 'spongy', 4);
      for (const side of [left, right]) {
        // Ribs run down towards the front: bands of a shell around the lung.
        const shell = layer(side, 3, 9);
        const ribs: Shape = {
          ...shell,
          at: (w) => {
            const section = shell.at(w);
            return (u, v) => {
              const along = w + tilt * (spine.cord(w) - v) * 0.55 + ribAt;
              const near = Math.abs(along - 23 * Math.round(along / 23)) - 5.2;
              return Math.max(section(u, v), near);
            };
          },
        };
        paint(canvas, layer(side, 0.5, 11), person.muscleHU - 6, 0.85);
        paint(canvas, common(ribs, grown(body, -6)), (_u, _v, _w, d) => (d > -1.6 ? 620 : 260) * bone);
        paint(canvas, side, (u, v, w, d) => {
          const vessel = d < -6 && vessels(u, v, w) > 1.75 ? 520 : 0;
          return lungHU + vessel + 18 * fine(u, v, w) + 60 * (v - 60) * 0.01;
        });
      }
      const solid = (shape: Shape, cortex: number, core: number, rim = 1.8): void => {
        for (const part of [shape, mirrored(shape)]) {
          paint(
            canvas,
            common(part, grown(body, -5)),
            (u, v, w, d) => (d > -rim ? cortex : core + 45 * spongy(u, v, w)) * bone,
          );
        }
      };
      const joint = 166 * s;
      // The arm: head, neck and shaft lie well under the deltoid.
      const arm = smoothUnion(6, ellipsoid([joint, 64, z - 8], [22, 22, 21]), capsule([joint + 6, 63, z - 16], [joint + 16, 60, -262], 13, 11)); // prettier-ignore
      solid(arm, 780, 210);
      for (const sign of [1, -1]) {
        paint(canvas, capsule([sign * (joint + 11), 61, z - 62], [sign * (joint + 16), 60, -262], 6), -20); // marrow of the shaft
      }
      const blade = rods([[joint - 24, 74, z - 6], [118 * s, 108, z - 20], [96 * s, 128, z - 34]], 5.5); // prettier-ignore
      const wing: Shape = {
        low: [70 * s, 84, -262],
        high: [142 * s, 150, z - 12],
        at: (w) => {
          const lean = 0.06 * (z - w);
          return (u, v) => {
            const line = v - (112 + lean) + 0.5 * (u - 112 * s);
            return Math.max(
              Math.abs(line) - 2.6,
              74 * s - u,
              u - (138 - 0.22 * (z - 12 - w)) * s,
              w - z + 12,
              -262 - w,
            );
          };
        },
      };
      solid(smoothUnion(4, blade, ellipsoid([joint - 26, 68, z - 8], [6, 12, 16])), 700, 240);
      solid(wing, 640, 420);
      const clavicle = rods([[20, -26, z - 14], [58, -12, z + 6], [96 * s, 22, z + 20], [142 * s, 56, z + 28]], 5.4, 4); // prettier-ignore
      solid(clavicle, 900, 340);
      solid(
        rods(
          [
            [146 * s, 62, z + 27],
            [134 * s, 92, z + 20],
            [100 * s, 118, z + 4],
          ],
          5,
        ),
        700,
        300,
      ); // acromion and spine
      solid(capsule([joint - 22, 44, z + 2], [joint - 38, 54, z + 6], 5.5), 600, 260); // coracoid
      const breastbone = smoothUnion(
        3,
        ellipsoid([0, -34, z - 40], [24, 7.5, 26]),
        ellipsoid([0, -50, z - 105], [17, 7, 50]),
      );
      paint(
        canvas,
        common(without(breastbone, 0, left), grown(body, -6)),
        (_u, _v, _w, d) => (d > -1.8 ? 520 : 170) * bone,
      );
    },
  };
}
