import { drawsOf } from './draws';
import { shuffled, type Rows } from './kernelAlignment';

/** How far two groups of patients lie apart, and how often groups drawn from all of them lie as far apart. */
export interface EnergyTest {
  /** 2·E|A − B| − E|A − A′| − E|B − B′|, zero only where both are alike. */
  readonly distance: number;
  readonly p: number;
  /** The smallest p that any outcome could have given. */
  readonly least: number;
  /** Every way to divide the patients was counted, not a draw of them. */
  readonly exact: boolean;
}

/** Ways to divide that are counted one by one; beyond them so many are drawn. */
const mostWays = 5000;
const drawn = 999;
/** Sums in another order differ by rounding alone. */
const rounding = 1e-9;

/** Columns over their spread over all patients, so that no column of large values decides alone; one that never varies counts nothing. */
export function standardised({ n, features, values }: Rows): Rows {
  const out = new Float64Array(values.length);
  for (let f = 0; f < features; f++) {
    let [mean, square] = [0, 0];
    for (let i = 0; i < n; i++) mean += (values[i * features + f] as number) / n;
    for (let i = 0; i < n; i++) square += ((values[i * features + f] as number) - mean) ** 2;
    const sd = Math.sqrt(square / Math.max(1, n - 1));
    if (!(sd > 1e-12 * Math.abs(mean))) continue;
    for (let i = 0; i < n; i++) out[i * features + f] = ((values[i * features + f] as number) - mean) / sd;
  }
  return { n, features, values: out };
}

function distancesOf({ n, features, values }: Rows): Float64Array {
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let f = 0; f < features; f++)
        square += ((values[i * features + f] as number) - (values[j * features + f] as number)) ** 2;
      distances[i * n + j] = distances[j * n + i] = Math.sqrt(square);
    }
  return distances;
}

/** Number of ways to choose k of n; Infinity where there are more than are counted. */
function waysTo(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    ways = (ways * (n - i + 1)) / i;
    if (ways > mostWays) return Infinity;
  }
  return Math.round(ways);
}

/** All choices of k of 0 … n − 1, each in rising order. The array is used again. */
function* choices(n: number, k: number): Generator<readonly number[]> {
  const chosen = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield chosen;
    let at = k - 1;
    while (at >= 0 && chosen[at] === n - k + at) at--;
    if (at < 0) return;
    const from = (chosen[at] as number) + 1;
    for (let i = at; i < k; i++) chosen[i] = from + i - at;
  }
}

/**
 * Whether two groups of patients answer alike in all features at once: the energy distance, and its p with the patients dealt anew into
 * groups of the same sizes (all ways up to 5000, else 999 draws). `isFirst` has one entry a row. *Source* Székely & Rizzo 2013.
 */
export function energyTest(rows: Rows, isFirst: readonly boolean[], purpose: string): EnergyTest | null {
  const { n } = rows;
  const first = [...isFirst.keys()].filter((i) => isFirst[i]);
  const k = first.length;
  const m = n - k;
  if (k === 0 || m === 0) return null;
  const distances = distancesOf(rows);
  const all = distances.reduce((sum, distance) => sum + distance, 0);
  const sums =
    distances.length === 0
      ? new Float64Array(0)
      : Float64Array.from({ length: n }, (_, i) => {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += distances[i * n + j] as number;
          return sum;
        });
  const apart = (chosen: readonly number[]): number => {
    let [inside, touching] = [0, 0];
    for (const i of chosen) {
      touching += sums[i] as number;
      for (const j of chosen) inside += distances[i * n + j] as number;
    }
    const across = touching - inside;
    const others = all - inside - 2 * across;
    return (2 * across) / (k * m) - inside / (k * k) - others / (m * m);
  };
  const distance = apart(first);
  const bar = distance - rounding * Math.max(1, all / (n * n));
  const ways = waysTo(n, k);
  if (Number.isFinite(ways)) {
    let above = 0;
    for (const chosen of choices(n, k)) if (apart(chosen) >= bar) above++;
    // Two groups of one size may change places: no outcome is rarer than both.
    return { distance, p: above / ways, least: (k === m ? 2 : 1) / ways, exact: true };
  }
  const draws = drawsOf(1, `energy/${purpose}`);
  let above = 0;
  for (let n1 = 0; n1 < drawn; n1++) if (apart(shuffled(n, draws).slice(0, k)) >= bar) above++;
  return { distance, p: (1 + above) / (1 + drawn), least: 1 / (1 + drawn), exact: false };
}
