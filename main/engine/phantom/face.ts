import { paint, type Canvas } from './canvas';
import type { Jaw } from './jaw';
import type { Person } from './person';
import {
  capsule,
  common,
  ellipsoid,
  grown,
  layer,
  mirrored,
  rods,
  slab,
  smoothUnion,
  without,
  type Shape,
} from './shape';
import { textureOf } from './texture';

/** Upper jaw, cheek bones, nose, sinuses, palate, tongue and lips: nothing of it is a structure of its own. */
export function paintFace(canvas: Canvas, person: Person, body: Shape, jaw: Jaw): void {
  const bone = person.boneFactor;
  const cells = textureOf(person.seed, 'sinus', 4);
  const wave = textureOf(person.seed, 'mucosa', 5);
  const both = (shape: Shape, material: Parameters<typeof paint>[2], strength = 1): void => {
    paint(canvas, shape, material, strength);
    paint(canvas, mirrored(shape), material, strength);
  };
  const deep = grown(body, -4);
  const put = (shape: Shape, material: Parameters<typeof paint>[2]): void => {
    both(common(shape, deep), material);
  };

  // Soft tissue between the bones of the face, then the bones as thin walls around air.
  paint(
    canvas,
    common(ellipsoid([0, -58, 18], [40, 32, 24]), deep),
    (u, v, w) => person.muscleHU - 45 + 35 * wave(u, v, w),
  );
  const antrum = smoothUnion(4, ellipsoid([27, -58, 20], [12, 15, 14]), ellipsoid([31, -52, 24], [11, 12, 9]));
  put(layer(antrum, -0.2, 0.9), 430 * bone);
  const mucosa = 1.2 + 1.6 * Math.abs(wave(1, 2, 3));
  put(antrum, 35);
  put(grown(antrum, -mucosa), -960);
  const nose = smoothUnion(5, ellipsoid([7, -66, 18], [6.5, 27, 13]), ellipsoid([6, -72, 30], [5, 16, 14]));
  put(layer(nose, 0, 0.9), 260 * bone);
  put(nose, -930);
  put(ellipsoid([9, -62, 12], [3.4, 20, 4.5]), 45); // inferior turbinate
  put(ellipsoid([8, -60, 25], [3, 17, 4.5]), 40);
  paint(
    canvas,
    common(
      slab([-1.2, -90, 4], [1.2, -36, 42], (u) => Math.abs(u) - 0.9),
      deep,
    ),
    (_u, v) => (v > -62 ? 190 : 70),
  );
  const ethmoid = ellipsoid([7, -60, 43], [6.5, 22, 9]);
  put(layer(ethmoid, 0, 1.2), 420 * bone);
  put(ethmoid, (u, v, w) => (Math.abs(cells(u, v, w)) < 0.22 ? 220 : -900));
  const sphenoid = ellipsoid([7, -22, 31], [7, 11, 9]);
  put(layer(sphenoid, 0, 1.6), 640 * bone);
  put(sphenoid, -960);
  const frontal = ellipsoid([9, -84, 57], [8, 4, 9]);
  put(layer(frontal, 0, 1.8), 800 * bone);
  put(frontal, -900);

  // Hard palate and the ridge that carries the upper teeth.
  const palate = slab([-27, -82, 3.5], [27, -40, 11], (u, v, w) => {
    const plan = (Math.hypot(u / 27, (v + 62) / 21) - 1) * 21;
    return Math.max(plan, Math.abs(w - 8 + 0.006 * u * u) - 1.1);
  });
  paint(canvas, palate, 620 * bone);
  const ridge = rods(
    [[0, -80, 8], [12, -78, 8], [21, -71, 8], [28, -60, 8], [32, -46, 8]].map(
      ([u = 0, v = 0, w = 0]) => [u * jaw.widthFactor, v, w] as const,
    ),
    5,
  ); // prettier-ignore
  put(ridge, (u, v, w, d) => (d > -1.8 ? 900 : 420) * bone + 120 * wave(u, v, w));
  put(capsule([24, -36, 2], [19, -30, 26], 2.6), 520 * bone); // pterygoid plates
  put(capsule([13, -35, 3], [13, -30, 26], 2.2), 520 * bone);

  // Cheek bone and arch, orbital rim, nasal bone.
  const cheek = smoothUnion(
    5,
    capsule([36, -74, 24], [54, -56, 25], 5.4, 5),
    capsule([54, -56, 25], [64, -30, 26], 3.6, 2.5),
    capsule([64, -30, 26], [65, 0, 24], 2.4, 3.2),
    capsule([50, -62, 28], [52, -56, 55], 4, 3.6),
  );
  both(common(cheek, grown(body, -2.5)), (_u, _v, _w, d) => (d > -1.8 ? 1150 : 520) * bone);
  put(
    rods(
      [
        [14, -80, 60],
        [30, -84, 61],
        [46, -74, 58],
      ],
      3.6,
    ),
    900 * bone,
  );
  put(
    rods(
      [
        [14, -84, 30],
        [30, -82, 27],
        [40, -76, 26],
      ],
      3,
    ),
    700 * bone,
  );
  put(capsule([3.5, -90, 44], [4.5, -98, 28], 2), 600 * bone);
  paint(canvas, common(ellipsoid([0, -99, 15], [7, 7, 10]), grown(body, -2)), 60);
  both(common(ellipsoid([5, -96, 7], [3.6, 9, 5]), grown(body, -1.5)), -900); // nostrils

  // Tongue, floor of the mouth, the slit of air over the tongue, lips.
  const tongue = smoothUnion(8, ellipsoid([0, -54, -21], [24, 28, 20]), ellipsoid([0, -38, -32], [19, 18, 22]));
  const fibre = textureOf(person.seed, 'tongue', 5);
  paint(canvas, without(tongue, 1, jaw.mandible), (u, v, w, d) => {
    const septum = Math.abs(u) < 0.9 && d < -4 ? -45 : 0;
    return person.muscleHU + 8 + septum + 9 * fibre(u, v, w);
  });
  const slit = slab([-17, -76, -2], [17, -34, 6], (u, v, w) => {
    const top = 2.2 - 0.006 * (v + 56) ** 2;
    return Math.max((Math.hypot(u / 17, (v + 56) / 20) - 1) * 17, Math.abs(w - top) - 1.1 - 0.9 * wave(u, v, 0));
  });
  paint(canvas, slit, -850);
  paint(
    canvas,
    common(
      rods(
        [
          [-18, -91, -9],
          [0, -96, -9],
          [18, -91, -9],
        ],
        4.4,
      ),
      grown(body, -1),
    ),
    55,
  );
  both(capsule([4, -36, -46], [16, -62, -44], 4.5, 3.5), person.muscleHU + 4); // digastric, front belly
}
