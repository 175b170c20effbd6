/**
 * A game of n players: `worth[mask]` is the score with only the players of the mask kept (bit k = player k).
 * *Shape* 2ⁿ entries.
 */
export type Game = readonly number[];

const playersOf = (worth: Game): number => Math.round(Math.log2(worth.length));

const at = (worth: Game, mask: number): number => worth[mask] ?? NaN;

const bits = (mask: number): number => (mask === 0 ? 0 : (mask & 1) + bits(mask >> 1));

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** What each player adds, averaged over all orders of arrival; sums to v(all) − v(none). Source: Shapley 1953. */
export function shapley(worth: Game): number[] {
  const n = playersOf(worth);
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let mask = 0; mask < worth.length; mask++) {
      if (mask & (1 << i)) continue;
      const weight = (factorial(bits(mask)) * factorial(n - bits(mask) - 1)) / factorial(n);
      sum += weight * (at(worth, mask | (1 << i)) - at(worth, mask));
    }
    return sum;
  });
}

/** How much two players do together beyond what each does alone. Source: Grabisch & Roubens 1999. */
export function interaction(worth: Game, i: number, j: number): number {
  const n = playersOf(worth);
  const both = (1 << i) | (1 << j);
  let sum = 0;
  for (let mask = 0; mask < worth.length; mask++) {
    if (mask & both) continue;
    const weight = (factorial(bits(mask)) * factorial(n - bits(mask) - 2)) / factorial(n - 1);
    sum +=
      weight * (at(worth, mask | both) - at(worth, mask | (1 << i)) - at(worth, mask | (1 << j)) + at(worth, mask));
  }
  return sum;
}

/** [v(all) − v(all without i)] / [v(all) − v(none)]: what is lost without the player. */
export function necessity(worth: Game): number[] {
  const all = worth.length - 1;
  const effect = at(worth, all) - at(worth, 0);
  return Array.from({ length: playersOf(worth) }, (_, i) => (at(worth, all) - at(worth, all & ~(1 << i))) / effect);
}

/** [v(i alone) − v(none)] / [v(all) − v(none)]: what the player does by itself. */
export function sufficiency(worth: Game): number[] {
  const effect = at(worth, worth.length - 1) - at(worth, 0);
  return Array.from({ length: playersOf(worth) }, (_, i) => (at(worth, 1 << i) - at(worth, 0)) / effect);
}
