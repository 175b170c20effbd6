import { overShape, type Canvas } from './canvas';
import { clamp } from './curve';
import type { Person } from './person';
import { randomOf } from './random';
import { grown, type Shape } from './shape';

/** The thermoplastic mask over face and shoulders, the head rest and the flat couch top: what a planning scan shows. */
export function paintFixation(canvas: Canvas, person: Person, body: Shape): void {
  const random = randomOf(person.seed, 'fixation');
  const { values, size, spacing, zero, posture } = canvas;
  const reach = random.chance(0.7) ? -150 : -75; // with or without the shoulders
  const [cell, thick] = [random.between(7, 9.5), random.between(1.8, 2.6)];
  const gap = random.between(0.4, 1.4);
  const width = 0.9 * spacing[0];
  const put = (index: number, hu: number, share: number): void => {
    const c = clamp(share, 0, 1);
    values[index] = (values[index] ?? 0) * (1 - c) + hu * c;
  };
  overShape(
    canvas,
    grown(body, 12),
    0,
    (index, u, v, w, d) => {
      const off = d + 12; // the distance to the skin: `grown` took 12 off
      if (off < -0.5 || w < reach || v > 72) return;
      const shell = Math.abs(off - gap - thick / 2) - thick / 2;
      if (shell > width) return;
      // Holes of the stretched net, widest over the face.
      const [a, b] = [Math.atan2(u, 60 - v) * 85, w];
      const hole = Math.cos((2 * Math.PI * (a + b * 0.5)) / cell) * Math.cos((2 * Math.PI * b) / cell);
      const solid = hole > 0.25 ? 0.12 : 0.62;
      put(index, -40, (0.5 - shell / width) * solid);
    },
    { least: -12.5, most: gap + thick + width - 12 },
  );

  // The couch lies level in the room, whatever way the person lies on it.
  let low = -1e3;
  for (let k = 0; k < size[2]; k++) {
    const plane = posture(zero[2] + k * spacing[2]);
    const section = body.at(plane.w);
    for (let v = 60; v < 215; v++) {
      if (section(0, v) < 0) low = Math.max(low, v * plane.size + plane.shiftY);
    }
  }
  const top = low + 9;
  const [halfWidth, deep] = [265, 24];
  const headrest = random.between(-52, -40);
  for (let k = 0; k < size[2]; k++) {
    const z = zero[2] + k * spacing[2];
    const plane = posture(z);
    const section = body.at(plane.w);
    for (let j = 0; j < size[1]; j++) {
      const y = zero[1] + j * spacing[1];
      const under = y - top;
      const couch = under > -2 && under < deep + 2;
      if (!couch && (z < headrest || under > 0 || y < 40)) continue;
      for (let i = 0; i < size[0]; i++) {
        const x = zero[0] + i * spacing[0];
        const index = i + size[0] * (j + size[1] * k);
        if (couch && Math.abs(x) < halfWidth + 2) {
          const box = Math.max(Math.abs(under - deep / 2) - deep / 2, Math.abs(x) - halfWidth);
          const core = 0.5 - (box + 2) / width;
          put(index, 40, 0.5 - box / width);
          put(index, -920, core);
          continue;
        }
        if (z < headrest || under > 0 || y < 40 || Math.abs(x) > 125) continue;
        // A foam cup that follows the back of the head, in a thin shell.
        const d = section((x - plane.shiftX - plane.shear * y) / plane.size, (y - plane.shiftY) / plane.size);
        const rim = 62 + 0.0015 * x * x;
        const cup = Math.max(1.5 - d, rim - y, Math.abs(x) - 112, headrest + 6 - z);
        put(index, -962, 0.5 - cup / width);
        if (d > 1.5 && y > rim) put(index, -560, 0.5 - (Math.abs(d - 3) - 1) / width);
      }
    }
  }
}
