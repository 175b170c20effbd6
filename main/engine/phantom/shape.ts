import type { Vec3 } from '../../../shared/geometry';
import type { Curve } from './curve';

/**
 * Solid bodies as signed distances (negative inside, about mm) in the patient's anatomical axes (u to the left, v to the
 * back, w to the head; mm from the midpoint of the parotids).
 */
export interface Shape {
  /** Outside it the distance is positive. */
  readonly low: Vec3;
  readonly high: Vec3;
  /** What the plane at `w` cuts out: everything that depends on w alone is worked out once. */
  readonly at: (w: number) => Section;
}
export type Section = (u: number, v: number) => number;

const far: Section = () => 1e3;

/** Distances further than this, mm, are only known to be that far. */
const reach = 16;

/** Distance (|p/r| − 1)·min r: exact in sign, near to exact close to the surface of round ones. */
export function ellipsoid(c: Vec3, r: Vec3): Shape {
  const least = Math.min(...r);
  return {
    low: [c[0] - r[0], c[1] - r[1], c[2] - r[2]],
    high: [c[0] + r[0], c[1] + r[1], c[2] + r[2]],
    at: (w) => {
      const across = ((w - c[2]) / r[2]) ** 2;
      return (u, v) => {
        const du = (u - c[0]) / r[0];
        const dv = (v - c[1]) / r[1];
        return (Math.sqrt(du * du + dv * dv + across) - 1) * least;
      };
    },
  };
}

/** A rod with round ends, whose radius goes from `r` to `r2`. */
export function capsule(p: Vec3, q: Vec3, r: number, r2 = r): Shape {
  const d: Vec3 = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
  const dd = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  const widest = Math.max(r, r2);
  const side = (i: 0 | 1 | 2, sign: 1 | -1): number => sign * (Math.max(sign * p[i], sign * q[i]) + widest);
  return {
    low: [side(0, -1), side(1, -1), side(2, -1)],
    high: [side(0, 1), side(1, 1), side(2, 1)],
    at: (w) => {
      const dw = w - p[2];
      return (u, v) => {
        const du = u - p[0];
        const dv = v - p[1];
        let t = (du * d[0] + dv * d[1] + dw * d[2]) / dd;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        const x = du - t * d[0];
        const y = dv - t * d[1];
        const z = dw - t * d[2];
        return Math.sqrt(x * x + y * y + z * z) - (r + t * (r2 - r));
      };
    },
  };
}

/** A chain of rods. */
export function rods(points: readonly Vec3[], r: number, k = 2): Shape {
  return smoothUnion(k, ...points.slice(1).map((point, i) => capsule(points[i] ?? point, point, r)));
}

export interface TubeAxis {
  readonly u: Curve;
  readonly v: Curve;
  readonly ru: Curve;
  readonly rv: Curve;
}

/** An ellipse swept along w; its ends are rounded off over `round` mm. `turn` turns the ellipse in its plane (radians). */
export function tube(from: number, to: number, axis: TubeAxis, round = 0, turn = 0): Shape {
  let lowU = 1e3;
  let highU = -1e3;
  let lowV = 1e3;
  let highV = -1e3;
  for (let i = 0; i <= 40; i++) {
    const w = from + ((to - from) * i) / 40;
    const reach = turn === 0 ? null : Math.max(axis.ru(w), axis.rv(w));
    lowU = Math.min(lowU, axis.u(w) - (reach ?? axis.ru(w)));
    highU = Math.max(highU, axis.u(w) + (reach ?? axis.ru(w)));
    lowV = Math.min(lowV, axis.v(w) - (reach ?? axis.rv(w)));
    highV = Math.max(highV, axis.v(w) + (reach ?? axis.rv(w)));
  }
  const c = Math.cos(turn);
  const s = Math.sin(turn);
  return {
    low: [lowU - 1, lowV - 1, from],
    high: [highU + 1, highV + 1, to],
    at: (w) => {
      const end = Math.max(from - w, w - to);
      const inward = Math.min(1, Math.max(0, -end / Math.max(round, 1e-6)));
      const taper = round > 0 ? Math.sqrt(Math.max(0.02, 1 - (1 - inward) ** 2)) : 1;
      const cu = axis.u(w);
      const cv = axis.v(w);
      const ru = axis.ru(w) * taper;
      const rv = axis.rv(w) * taper;
      const least = Math.min(ru, rv);
      return (u, v) => {
        const x = u - cu;
        const y = v - cv;
        const du = (c * x + s * y) / ru;
        const dv = (c * y - s * x) / rv;
        const d = (Math.sqrt(du * du + dv * dv) - 1) * least;
        return d > end ? d : end;
      };
    },
  };
}

/** What lies between two planes of w, and in the plane where `section` is negative. */
export function slab(low: Vec3, high: Vec3, section: (u: number, v: number, w: number) => number): Shape {
  return {
    low,
    high,
    at: (w) => (w < low[2] || w > high[2] ? far : (u, v) => section(u, v, w)),
  };
}

const hull = (shapes: readonly Shape[], pad: number): Pick<Shape, 'low' | 'high'> => {
  const over = (i: 0 | 1 | 2, side: 'low' | 'high'): number =>
    side === 'low'
      ? Math.min(...shapes.map((shape) => shape.low[i])) - pad
      : Math.max(...shapes.map((shape) => shape.high[i])) + pad;
  return {
    low: [over(0, 'low'), over(1, 'low'), over(2, 'low')],
    high: [over(0, 'high'), over(1, 'high'), over(2, 'high')],
  };
};

/** Polynomial smooth minimum: the seam of two bodies is filled over `k` mm. */
export function smoothMinimum(a: number, b: number, k: number): number {
  const h = k - Math.abs(a - b);
  return (a < b ? a : b) - (h > 0 ? (h * h) / (4 * k) : 0);
}

export function smoothUnion(k: number, ...shapes: readonly Shape[]): Shape {
  return {
    ...hull(shapes, k / 4),
    at: (w) => {
      const near = shapes
        .filter(({ low, high }) => w > low[2] - reach && w < high[2] + reach)
        .map(({ low, high, at }) => ({
          section: at(w),
          lowU: low[0] - reach,
          highU: high[0] + reach,
          lowV: low[1] - reach,
          highV: high[1] + reach,
        }));
      if (near.length === 0) return far;
      return (u, v) => {
        let d = 1e3;
        for (const part of near) {
          if (u > part.lowU && u < part.highU && v > part.lowV && v < part.highV)
            d = smoothMinimum(d, part.section(u, v), k);
        }
        return d;
      };
    },
  };
}

/** What is in `shape` and in none of the others, which are first grown by `margin` mm. */
export function without(shape: Shape, margin: number, ...others: readonly Shape[]): Shape {
  return {
    low: shape.low,
    high: shape.high,
    at: (w) => {
      const section = shape.at(w);
      const cuts = others
        .filter(({ low, high }) => w > low[2] - margin - 3 && w < high[2] + margin + 3)
        .map((other) => other.at(w));
      if (cuts.length === 0) return section;
      return (u, v) => {
        let d = section(u, v);
        for (let n = 0; n < cuts.length && d < reach; n++) d = Math.max(d, margin - (cuts[n] ?? far)(u, v));
        return d;
      };
    },
  };
}

/** What is in all of them. */
export function common(shape: Shape, ...others: readonly Shape[]): Shape {
  return {
    low: shape.low,
    high: shape.high,
    at: (w) => {
      const sections = [shape, ...others].map((s) => s.at(w));
      return (u, v) => {
        let d = -1e3;
        for (let n = 0; n < sections.length && d < reach; n++) d = Math.max(d, (sections[n] ?? far)(u, v));
        return d;
      };
    },
  };
}

/** Grown by `mm` (shrunk where negative). */
export function grown(shape: Shape, mm: number): Shape {
  const { low, high } = shape;
  return {
    low: [low[0] - mm, low[1] - mm, low[2] - mm],
    high: [high[0] + mm, high[1] + mm, high[2] + mm],
    at: (w) => {
      const section = shape.at(w);
      return (u, v) => section(u, v) - mm;
    },
  };
}

/** The layer from `inner` to `outer` mm off the surface (negative = below it). */
export function layer(shape: Shape, inner: number, outer: number): Shape {
  const middle = (inner + outer) / 2;
  const half = (outer - inner) / 2;
  return {
    ...grown(shape, Math.max(outer, 0)),
    at: (w) => {
      const section = shape.at(w);
      return (u, v) => Math.abs(section(u, v) - middle) - half;
    },
  };
}

/** The same body on the other side of the midline. */
export function mirrored(shape: Shape): Shape {
  return {
    low: [-shape.high[0], shape.low[1], shape.low[2]],
    high: [-shape.low[0], shape.high[1], shape.high[2]],
    at: (w) => {
      const section = shape.at(w);
      return (u, v) => section(-u, v);
    },
  };
}

/** Corners of the coarse squares of a raster are this many steps apart. */
const coarse = 4;

/**
 * A body that is the same on both sides, read off a raster of its sections, `step` mm apart: for one whose distance is dear and
 * asked for again and again. The raster then *is* the body: every later question gets the same answer. Squares further than
 * `nearMm` from the surface are read off the straight line between their corners.
 */
export function rastered(shape: Shape, step: number, nearMm: number): Shape {
  const v0 = shape.low[1] - 14;
  const nu = coarse * Math.ceil((shape.high[0] + 14) / step / coarse) + 1;
  const nv = coarse * Math.ceil((shape.high[1] + 14 - v0) / step / coarse) + 1;
  const sections = new Map<number, Section>();
  const fill = (values: Float32Array, section: Section): void => {
    for (let j = 0; j < nv; j += coarse) {
      for (let i = 0; i < nu; i += coarse) values[i + nu * j] = section(i * step, v0 + j * step);
    }
    const known = new Uint8Array(nu * nv);
    for (let j = 0; j < nv - 1; j += coarse) {
      for (let i = 0; i < nu - 1; i += coarse) {
        const at = i + nu * j;
        const [a, b] = [values[at] ?? 0, values[at + coarse] ?? 0];
        const [c, d] = [values[at + coarse * nu] ?? 0, values[at + coarse * nu + coarse] ?? 0];
        const least = Math.min(a, b, c, d);
        const most = Math.max(a, b, c, d);
        const away = least > nearMm || most < -nearMm;
        for (let y = 0; y <= coarse; y++) {
          for (let x = 0; x <= coarse; x++) {
            const to = at + x + nu * y;
            if ((x % coarse === 0 && y % coarse === 0) || (known[to] ?? 0) === 1) continue;
            if (away) {
              const [fx, fy] = [x / coarse, y / coarse];
              values[to] = (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy;
            } else {
              values[to] = section((i + x) * step, v0 + (j + y) * step);
              known[to] = 1;
            }
          }
        }
      }
    }
  };
  return {
    low: shape.low,
    high: shape.high,
    at: (w) => {
      const known = sections.get(w);
      if (known !== undefined) return known;
      const values = new Float32Array(nu * nv);
      fill(values, shape.at(w));
      const [lastU, lastV] = [nu - 1.001, nv - 1.001];
      const read: Section = (u, v) => {
        let x = (u < 0 ? -u : u) / step;
        let y = (v - v0) / step;
        x = x > lastU ? lastU : x;
        y = y < 0 ? 0 : y > lastV ? lastV : y;
        const i = x | 0;
        const j = y | 0;
        const fx = x - i;
        const fy = y - j;
        const at = i + nu * j;
        const above = (values[at] ?? 0) * (1 - fx) + (values[at + 1] ?? 0) * fx;
        const below = (values[at + nu] ?? 0) * (1 - fx) + (values[at + nu + 1] ?? 0) * fx;
        return above * (1 - fy) + below * fy;
      };
      sections.set(w, read);
      return read;
    },
  };
}
