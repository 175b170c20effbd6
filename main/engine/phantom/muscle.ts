import { paint, type Canvas } from './canvas';
import { clamp, curve, type Curve } from './curve';
import type { Person } from './person';
import { common, ellipsoid, grown, mirrored, tube, type Shape } from './shape';
import type { Spine } from './spine';
import { textureOf } from './texture';

type Knots = readonly (readonly [number, number])[];

/** One muscle of the left side: its centre and radii by height. `c` is the cord's line for those that follow the spine. */
function belly(u: Knots, v: Curve, ru: Knots, rv: Knots, turn = 0): Shape {
  const heights = u.map(([w]) => w);
  return tube(
    Math.min(...heights),
    Math.max(...heights),
    { u: curve(...u), v, ru: curve(...ru), rv: curve(...rv) },
    8,
    turn,
  );
}

/** The layered muscles of neck, jaw and shoulder girdle, left side; each is swept as an ellipse and parted by fat. */
function bellies(spine: Spine, person: Person): Shape[] {
  const c = spine.cord;
  const after = (mm: Knots): Curve => {
    const off = curve(...mm);
    return (w) => c(w) + off(w);
  };
  const at = (...knots: Knots): Curve => curve(...knots);
  const s = person.shoulderFactor;
  return [
    // Behind the spine, deep to shallow.
    belly([[-260, 13], [-100, 11], [-14, 10]], after([[-260, 22], [-14, 19]]), [[-260, 10], [-30, 8]], [[-260, 9], [-30, 7]]),
    belly([[-180, 15], [-70, 13], [-4, 15]], after([[-180, 34], [-70, 30], [-4, 29]]), [[-180, 10], [-30, 12]], [[-180, 6], [-60, 7], [-4, 8]]),
    belly([[-170, 20], [-70, 24], [0, 38]], after([[-170, 41], [-70, 35], [0, 22]]), [[-170, 14], [-60, 17], [0, 12]], [[-170, 4], [-60, 5], [0, 5]], 0.35),
    belly([[-150, 58], [-100, 42], [-60, 35], [-22, 31]], after([[-150, 34], [-100, 22], [-60, 11], [-22, 4]]), [[-150, 9], [-30, 7]], [[-150, 8], [-30, 9]]),
    belly([[-260, 26], [-160, 25], [-125, 22]], after([[-260, 28], [-125, 27]]), [[-260, 15], [-125, 11]], [[-260, 12], [-125, 8]]),
    belly([[-215, 40], [-170, 60], [-130, 78], [-100, 58], [-70, 30], [-10, 12]], after([[-215, 46], [-170, 52], [-130, 44], [-100, 44], [-70, 46], [-10, 46]]), [[-215, 30], [-130, 58], [-100, 40], [-70, 22], [-10, 9]], [[-215, 4.5], [-130, 8], [-100, 8], [-70, 6.5], [-10, 4]], -0.12),
    belly([[-205, 42], [-130, 34]], after([[-205, 40], [-130, 36]]), [[-205, 30], [-130, 16]], [[-205, 4.5], [-130, 4]], -0.1),
    // In front of and beside the spine.
    belly([[-170, 8], [-60, 8], [-10, 7]], after([[-170, -32], [-100, -28], [-60, -26], [-10, -27]]), [[-170, 6], [-10, 6]], [[-170, 3.6], [-10, 3.6]]),
    belly([[-140, 44], [-100, 32], [-50, 25]], after([[-140, -14], [-100, -11], [-50, -12]]), [[-140, 10], [-100, 9], [-50, 6]], [[-140, 9], [-50, 8]]),
    belly([[-138, 52], [-95, 38], [-55, 30]], after([[-138, 2], [-95, -1], [-55, -3]]), [[-138, 9], [-55, 6]], [[-138, 10], [-55, 7]]),
    belly([[-120, 20], [-80, 40], [-30, 52], [14, 58]], at([-120, -24], [-80, 0], [-30, 22], [14, 29]), [[-120, 8], [-80, 11], [14, 8]], [[-120, 6], [-60, 9], [14, 9]], 0.6),
    belly([[-150, 10], [-70, 9]], at([-150, -22], [-110, -24], [-70, -34]), [[-150, 9], [-70, 8]], [[-150, 3], [-70, 3.6]]),
    // Jaw and temple.
    belly([[-34, 51], [0, 59], [26, 60]], at([-34, -30], [0, -38], [26, -44]), [[-34, 6], [0, 7], [26, 5]], [[-34, 12], [0, 18], [26, 13]]),
    belly([[-26, 37], [12, 30]], at([-26, -22], [12, -32]), [[-26, 6], [12, 5.5]], [[-26, 12], [12, 11]]),
    belly([[0, 38], [26, 36]], at([0, -18], [26, -28]), [[0, 6], [26, 8]], [[0, 9], [26, 10]]),
    belly([[12, 57], [40, 65], [88, 66]], at([12, -34], [40, -28], [88, -8]), [[12, 5], [40, 8], [88, 4]], [[12, 12], [40, 26], [88, 34]]),
    belly([[-50, 17], [-36, 14]], at([-50, -50], [-36, -54]), [[-50, 12], [-36, 14]], [[-50, 14], [-36, 18]]),
    belly([[-16, 18], [10, 24]], after([[-16, 26], [10, 26]]), [[-16, 14], [10, 16]], [[-16, 8], [10, 7]]),
    // Shoulder girdle and chest.
    belly([[-260, 80 * s], [-200, 92 * s], [-150, 112 * s], [-128, 120 * s]], at([-260, -48], [-200, -30], [-150, 0], [-128, 26]), [[-260, 58], [-200, 58], [-150, 34], [-128, 16]], [[-260, 8], [-200, 11], [-128, 7]], 0.36),
    belly([[-190, 95 * s], [-130, 118 * s]], at([-190, -8], [-130, 40]), [[-190, 20], [-130, 14]], [[-190, 6], [-130, 6]], 0.5),
    belly([[-236, 208 * s], [-180, 204 * s], [-145, 196 * s], [-112, 172 * s]], at([-236, 54], [-180, 58], [-145, 62], [-112, 66]), [[-236, 9], [-180, 14], [-145, 14], [-112, 14]], [[-236, 14], [-180, 34], [-145, 40], [-112, 22]]),
    belly([[-240, 112 * s], [-190, 116 * s], [-128, 124 * s]], at([-240, 112], [-190, 100], [-128, 92]), [[-240, 34], [-190, 40], [-128, 32]], [[-240, 9], [-128, 8]], -0.5),
    belly([[-240, 122 * s], [-190, 126 * s], [-132, 130 * s]], at([-240, 138], [-190, 127], [-132, 116]), [[-240, 34], [-190, 40], [-132, 34]], [[-240, 10], [-132, 9]], -0.5),
    belly([[-128, 122 * s], [-104, 96 * s]], at([-128, 92], [-104, 84]), [[-128, 34], [-104, 26]], [[-128, 10], [-104, 8]], -0.3),
    belly([[-260, 176 * s], [-190, 168 * s]], at([-260, 104], [-190, 98]), [[-260, 26], [-190, 22]], [[-260, 18], [-190, 14]], -0.5),
    belly([[-260, 192 * s], [-170, 184 * s]], at([-260, 40], [-170, 44]), [[-260, 14], [-170, 12]], [[-260, 15], [-170, 11]]),
  ]; // prettier-ignore
}

/** Lays the muscles into the loose tissue, each in a thin sleeve of fat, none nearer to the skin than its fat allows. */
export function paintMuscles(canvas: Canvas, person: Person, spine: Spine, body: Shape): void {
  const fibre = textureOf(person.seed, 'muscle fibre', 3.2, 12);
  const patches = textureOf(person.seed, 'fat planes', 13, 22);
  const marbling = textureOf(person.seed, 'marbling', 5, 14);
  const depth = (w: number): number => 2.5 + (w > 0 ? 2.5 : w > -90 ? 4.5 : 7) * person.fatFactor;
  const under: Shape = {
    ...body,
    at: (w) => {
      const [section, least] = [body.at(w), depth(w)];
      return (u, v) => section(u, v) + least;
    },
  };
  const all = bellies(spine, person).flatMap((shape) => [shape, mirrored(shape)]);
  for (const shape of all) {
    paint(canvas, common(grown(shape, 1.4), under), (u, v, w) => {
      const share = clamp(0.58 + 0.1 * person.fatness + 0.4 * patches(u, v, w), 0.1, 0.95);
      return person.muscleHU + (person.fatHU - person.muscleHU) * share;
    });
    paint(canvas, common(shape, under), (u, v, w) => {
      const streak = marbling(u, v, w) > 1.25 - 0.25 * person.fatness ? -38 : 0;
      return person.muscleHU + 5 + 6 * fibre(u, v, w) + streak;
    });
  }
}

/** The fat behind the breastbone and around the great vessels, and the vessels. */
export function paintMediastinum(canvas: Canvas, person: Person): void {
  const fat = person.fatHU + 8;
  paint(canvas, ellipsoid([0, 10, -225], [44, 46, 62]), fat);
  const blood = person.muscleHU + (person.contrast ? 110 : 0);
  const vessel = (u: Knots, v: Knots, ru: number, rv = ru): void => {
    const heights = u.map(([w]) => w);
    const line = { u: curve(...u), v: curve(...v), ru: () => ru, rv: () => rv };
    paint(canvas, grown(tube(Math.min(...heights), Math.max(...heights), line), 2), fat, 0.8);
    paint(canvas, tube(Math.min(...heights), Math.max(...heights), line), blood);
  };
  vessel(
    [
      [-290, 26],
      [-235, 24],
    ],
    [
      [-290, 84],
      [-235, 60],
    ],
    12,
  ); // descending aorta, left of the spine
  paint(canvas, ellipsoid([14, 34, -232], [14, 42, 12]), blood); // aortic arch
  vessel(
    [
      [-228, 10],
      [-180, 14],
      [-150, 20],
    ],
    [
      [-228, 22],
      [-180, 18],
      [-150, 12],
    ],
    4.6,
  );
  vessel(
    [
      [-228, 22],
      [-180, 24],
      [-140, 40],
      [-128, 70],
    ],
    [
      [-228, 38],
      [-180, 34],
      [-140, 24],
      [-128, 18],
    ],
    5.4,
  );
  vessel(
    [
      [-228, -6],
      [-180, -14],
      [-150, -20],
    ],
    [
      [-228, 10],
      [-180, 14],
      [-150, 12],
    ],
    5.4,
  );
  vessel(
    [
      [-170, -20],
      [-140, -40],
      [-128, -70],
    ],
    [
      [-170, 22],
      [-140, 24],
      [-128, 18],
    ],
    5.2,
  );
  vessel(
    [
      [-250, -22],
      [-190, -24],
      [-150, -32],
    ],
    [
      [-250, 12],
      [-190, 4],
      [-150, 2],
    ],
    7,
  );
  vessel(
    [
      [-200, -6],
      [-180, 16],
      [-150, 32],
    ],
    [
      [-200, 0],
      [-180, -2],
      [-150, 0],
    ],
    6,
  );
}
