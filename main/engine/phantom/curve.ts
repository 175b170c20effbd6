/** A value that changes along the body's axis: knots (w, value), smooth between them, constant beyond the ends. */
export type Curve = (w: number) => number;

/** Knots in any order. Between them a monotone cubic: it does not overshoot where the table is flat. */
export function curve(...knots: readonly (readonly [number, number])[]): Curve {
  const sorted = [...knots].sort((a, b) => a[0] - b[0]);
  const n = sorted.length;
  const x = sorted.map(([w]) => w);
  const y = sorted.map(([, value]) => value);
  const at = (list: readonly number[], i: number): number => list[i] ?? 0;
  const secant = Array.from({ length: n - 1 }, (_, i) => (at(y, i + 1) - at(y, i)) / (at(x, i + 1) - at(x, i)));
  const slope = Array.from({ length: n }, (_, i) => {
    if (i === 0 || i === n - 1) return 0;
    const [before, after] = [at(secant, i - 1), at(secant, i)];
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  return (w) => {
    if (w <= at(x, 0)) return at(y, 0);
    if (w >= at(x, n - 1)) return at(y, n - 1);
    let i = 0;
    while (w > at(x, i + 1)) i++;
    const h = at(x, i + 1) - at(x, i);
    const t = (w - at(x, i)) / h;
    const [t2, t3] = [t * t, t * t * t];
    return (
      (2 * t3 - 3 * t2 + 1) * at(y, i) +
      (t3 - 2 * t2 + t) * h * at(slope, i) +
      (3 * t2 - 2 * t3) * at(y, i + 1) +
      (t3 - t2) * h * at(slope, i + 1)
    );
  };
}

export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;
