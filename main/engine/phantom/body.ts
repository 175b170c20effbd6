import { paint, type Canvas } from './canvas';
import { clamp, curve } from './curve';
import type { Person } from './person';
import { ellipsoid, grown, rastered, smoothUnion, type Section, type Shape } from './shape';
import { textureOf } from './texture';

/** Width, front and back of the body (mm), by height w. Medians over 42 patients, rounded. */
const widths = curve(
  [-260, 500], [-230, 496], [-200, 492], [-170, 478], [-155, 467], [-140, 450], [-125, 425], [-110, 380], [-95, 298],
  [-80, 196], [-65, 150], [-50, 141], [-35, 144], [-20, 150], [-5, 155], [10, 158], [25, 160], [40, 162], [55, 163],
  [70, 162], [85, 160], [100, 155], [115, 146], [130, 126],
); // prettier-ignore
const fronts = curve(
  [-260, -88], [-200, -68], [-170, -54], [-155, -48], [-140, -41], [-125, -36], [-110, -34], [-95, -37], [-80, -44],
  [-65, -58], [-50, -81], [-35, -94], [-20, -97], [25, -97], [40, -95], [55, -92], [70, -85], [85, -80], [100, -74],
  [115, -67], [130, -50],
); // prettier-ignore
const backs = curve(
  [-260, 150], [-200, 156], [-155, 155], [-140, 152], [-125, 143], [-110, 130], [-95, 117], [-80, 103], [-65, 94],
  [-50, 89], [-35, 88], [-20, 93], [-5, 100], [10, 109], [25, 115], [40, 119], [55, 120], [70, 119], [85, 117],
  [100, 115], [115, 108], [130, 88],
); // prettier-ignore
/** Where the section is widest, as a share of the way from front to back. */
const widest = curve([-130, 0.52], [-90, 0.56], [-50, 0.56], [0, 0.58], [60, 0.54]);
/** How much narrower it is at the front, and how square. */
const tapers = curve([-130, 0], [-100, 0.2], [-70, 0.33], [-40, 0.42], [0, 0.4], [50, 0.33], [80, 0.15]);
const powers = curve([-200, 2.6], [-110, 2.2], [-80, 2], [-40, 2.15], [40, 2.2]);

/** The trunk, neck and head without ears and nose. */
function core(person: Person): Shape {
  const { neckFactor, shoulderFactor, fatness, shoulderUpMm } = person;
  const across = curve([-118, shoulderFactor], [-88, neckFactor], [-50, neckFactor], [-28, 1 + 0.012 * fatness]);
  const ahead = curve([-130, 1], [-105, 1], [-62, neckFactor], [-30, 1]);
  const behind = curve([-150, 1 + 0.1 * fatness], [-105, 1 + 0.05 * fatness], [-60, neckFactor], [-20, 1]);
  // The shoulders of some are higher: the tables are read lower down there.
  const lift = curve([-260, shoulderUpMm], [-95, shoulderUpMm], [-60, 0]);
  const top = 137;
  const dome = 75;
  return {
    low: [-300, -130, -400],
    high: [300, 215, top],
    at: (w) => {
      const read = w - lift(w);
      const half = (widths(read) * across(w)) / 2;
      const front = fronts(read) * (front0(w) ? 1 : ahead(w));
      const back = backs(read) * behind(w);
      const centre = front + (back - front) * widest(w);
      const taper = tapers(w);
      const power = powers(w);
      const side: Section = (u, v) => {
        // Far out the exact distance is nobody's concern.
        const beyond = Math.max(Math.abs(u) - half, v - back, front - v);
        if (beyond > 24) return beyond;
        const forward = v < centre ? (centre - v) / (centre - front) : 0;
        const a = half * (1 - taper * Math.min(forward, 1.2) ** 1.6);
        const h = v < centre ? centre - front : back - centre;
        const x = Math.abs(u / a) + 1e-9;
        const y = Math.abs((v - centre) / h) + 1e-9;
        const px = x ** power;
        const py = y ** power;
        const f = (px + py) ** (1 / power);
        // First-order distance: (f − 1) / |grad f|.
        const slope = (f / (px + py)) * Math.hypot(px / x / a, py / y / h);
        return clamp((f - 1) / Math.max(slope, 0.4 / Math.min(half, (back - front) / 2)), -200, 200);
      };
      if (w < top - dome) return side;
      const up = ((w - top + dome) / dome) ** 2.15;
      return (u, v) => {
        const r = (up + Math.abs(u / 82) ** 2.15 + Math.abs((v - 20) / 101) ** 2.15) ** (1 / 2.15);
        return Math.max(side(u, v), (r - 1) * dome);
      };
    },
  };
}
const front0 = (w: number): boolean => w > -30;

/** The outline of the body: trunk to vertex, with ears and nose. */
export function bodyOf(person: Person): Shape {
  const ear = smoothUnion(3, ellipsoid([80, 8, 16], [7, 15, 23]), ellipsoid([85, 14, 22], [4, 11, 17]));
  const nose = smoothUnion(5, ellipsoid([0, -95, 12], [13, 14, 12]), ellipsoid([0, -92, 26], [8, 11, 20]));
  const lid = ellipsoid([32.5, -73, 43], [16, 14, 15]);
  const lips = ellipsoid([0, -93, -10], [22, 9, 9]);
  return rastered(smoothUnion(4, core(person), ear, nose, lips, lid), 3.5, 14);
}

/** Thickness of the fat under the skin, mm, by height. */
const fatDepth = curve([-200, 17], [-160, 16], [-110, 14], [-60, 11], [-20, 9], [30, 7.5], [70, 5.5], [130, 5]);
/** How readily fat planes part the muscle bellies: rarely in the head. */
const parting = curve([-200, 0.55], [-110, 0.75], [-60, 0.85], [0, 1.1], [40, 1.4], [80, 1.8]);

/** Fills the body: skin, the fat below it, and loose tissue in which the named muscles and organs are laid later. */
export function paintBody(canvas: Canvas, person: Person, body: Shape): void {
  const { seed, muscleHU, fatHU, fatFactor } = person;
  const slow = textureOf(seed, 'fat depth', 14, 18);
  const bellies = textureOf(seed, 'bellies', 12, 24);
  const fibre = textureOf(seed, 'fibre', 4, 8);
  const lobules = textureOf(seed, 'lobules', 6, 7);
  // A little beyond the skin, so that its edge is cut where the scan sees it and not blurred on the way there.
  const beyond = 2 * canvas.spacing[0];
  paint(canvas, grown(body, beyond), (u, v, w, d) => {
    const depth = -d - beyond;
    const patch = slow(u, v, w);
    const thick = clamp(fatDepth(w) * fatFactor * (1 + 0.3 * patch), 2, 45);
    const under = clamp((thick - depth) / 3 + 0.5, 0, 1);
    let tissue = 0;
    if (under < 1) {
      const q = bellies(u, v, w);
      const width = 0.42 - 0.14 * (parting(w) - 0.35 * (fatFactor - 1));
      // Above the brow there is scalp, not muscle, between skin and bone.
      const scalp = 0.75 * clamp((w - 40) / 15, 0, 1);
      // Fat planes come and go, and few are sharp: a thin one is only partly in its voxels.
      const plane = clamp(0.55 + 0.45 * patch, 0.1, 1) * Math.exp(-((q / Math.max(width, 0.08)) ** 2));
      const fatShare = scalp + (1 - scalp) * plane;
      tissue = muscleHU + (fatHU - muscleHU) * fatShare + 6 * fibre(u, v, w);
    }
    if (under > 0) {
      const fat = fatHU + 5 * lobules(u, v, w) + (lobules(v, w, u) > 1.7 ? 45 : 0);
      tissue += (fat - tissue) * under;
    }
    const skin = clamp((2.6 - depth) / 1.4, 0, 1);
    return tissue + (18 - tissue) * skin;
  });
}
