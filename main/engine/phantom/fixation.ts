import type { DistanceField } from './distanceField';
import { clamp } from './curve';
import type { Person } from './person';
import { randomOf } from './random';
import type { Lattice } from './warp';

/** Draws into one plane of the scan what holds the person; `depth` is the distance to the skin, mm, negative inside. */
export type Fixation = (k: number, values: Float32Array, depth: Float32Array) => void;

/** How far from the skin, mm, a fixation must know the distance. */
export const fixationReach = 12;

/** Where the marker lies in the couch: mm to the person's left, its half width, and the depths that it fills under the couch's top. */
const bar = { x: 120, halfWidth: 12, from: 5, to: 19, hu: 1400 } as const;

/**
 * The thermoplastic mask over face and shoulders, the head rest and the flat couch top: what a planning scan shows; with `marker` also a
 * bright bar along the couch, as a table's index bar would be.
 */
export function fixationOf(
  person: Person,
  { size, spacing, zero }: Lattice,
  skin: DistanceField,
  marker = false,
): Fixation {
  const random = randomOf(person.seed, 'fixation');
  const reach = random.chance(0.7) ? -150 : -75; // with or without the shoulders
  const [cell, thick] = [random.between(7, 9.5), random.between(1.8, 2.6)];
  const gap = random.between(0.4, 1.4);
  const width = 0.9 * spacing[0];
  // The couch lies level in the room, whatever way the person lies on it.
  const lowest = skin.start[1] + skin.size[1] - 1 - Math.ceil(fixationReach / spacing[0]);
  const top = zero[1] + lowest * spacing[1] + 3;
  const [halfWidth, deep] = [265, 24];
  const headrest = random.between(-52, -40);

  return (k, values, depth) => {
    const put = (index: number, hu: number, share: number): void => {
      const c = clamp(share, 0, 1);
      values[index] = (values[index] ?? 0) * (1 - c) + hu * c;
    };
    const z = zero[2] + k * spacing[2];
    for (let j = 0; j < size[1]; j++) {
      const y = zero[1] + j * spacing[1];
      const under = y - top;
      const couch = under > -2 && under < deep + 2;
      const cupRow = z >= headrest && under <= 0 && y >= 40;
      const maskRow = z >= reach && y <= 72;
      if (!couch && !cupRow && !maskRow) continue;
      for (let i = 0; i < size[0]; i++) {
        const x = zero[0] + i * spacing[0];
        const index = i + size[0] * j;
        const d = depth[index] ?? 0;
        if (couch && Math.abs(x) < halfWidth + 2) {
          const box = Math.max(Math.abs(under - deep / 2) - deep / 2, Math.abs(x) - halfWidth);
          put(index, 40, 0.5 - box / width);
          put(index, -920, 0.5 - (box + 2) / width);
          if (marker) {
            const beside = Math.abs(x - bar.x) - bar.halfWidth;
            put(index, bar.hu, 0.5 - Math.max(beside, bar.from - under, under - bar.to) / width);
          }
          continue;
        }
        if (maskRow && d > -0.5 && d < gap + thick + width) {
          const shell = Math.abs(d - gap - thick / 2) - thick / 2;
          // Holes of the stretched net, widest over the face.
          const a = Math.atan2(x, 60 - y) * 85;
          const hole = Math.cos((2 * Math.PI * (a + z * 0.5)) / cell) * Math.cos((2 * Math.PI * z) / cell);
          put(index, -40, (0.5 - shell / width) * (hole > 0.25 ? 0.12 : 0.62));
        }
        if (!cupRow || Math.abs(x) > 125) continue;
        // A foam cup that follows the back of the head, in a thin shell.
        const rim = 62 + 0.0015 * x * x;
        const cup = Math.max(1.5 - d, rim - y, Math.abs(x) - 112, headrest + 6 - z);
        put(index, -962, 0.5 - cup / width);
        if (d > 1.5 && y > rim) put(index, -560, 0.5 - (Math.abs(d - 3) - 1) / width);
      }
    }
  };
}
