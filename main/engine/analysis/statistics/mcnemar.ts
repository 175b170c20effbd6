/** What two paired yes-or-no answers of the same patients say of a difference. */
export interface McNemar {
  /** Two-sided, exact. */
  readonly p: number;
  /** Half of the chance of what was seen left out: less strict, closer to its level. */
  readonly midP: number;
  /** Fewer than 6 patients differ: no outcome of them reaches 0.05. */
  readonly cannotDecide: boolean;
}

const decidesFrom = 6;
/** Beyond, 2⁻ⁿ is too small for a double: C(n, i) / 2ⁿ goes by logarithms. */
const countedExactly = 1000;

/**
 * McNemar's test of patients who answer yes only in the first (`b`) or only in the second (`c`) of two: under no difference each of them
 * is a fair coin. *Source* McNemar 1947; Fagerland 2013 (mid-p).
 */
export function mcNemar(b: number, c: number): McNemar {
  const n = b + c;
  const least = Math.min(b, c);
  let tail = 0;
  let last = 0;
  if (n <= countedExactly) {
    last = 0.5 ** n;
    tail = last;
    for (let i = 1; i <= least; i++) {
      last = (last * (n - i + 1)) / i;
      tail += last;
    }
  } else {
    let log = -n * Math.LN2;
    for (let i = 0; i <= least; i++) {
      last = Math.exp(log);
      tail += last;
      log += Math.log((n - i) / (i + 1));
    }
  }
  const cannotDecide = n < decidesFrom;
  if (b === c) return { p: 1, midP: Math.min(1, 2 * tail - last), cannotDecide };
  return { p: Math.min(1, 2 * tail), midP: Math.min(1, 2 * tail - last), cannotDecide };
}
