import { describe, expect, it } from 'vitest';
import { inPieces, inTurns, wholly, type Cuttable } from '../../../main/engine/analysis/cuttable';

/** Sums 1 … n in pieces, and moves a clock of its own by 10 ms a piece. */
function* sumTo(n: number, clock: { ms: number }): Cuttable<number> {
  let sum = 0;
  yield* inPieces(n, 10, (from, to) => {
    for (let k = from; k < to; k++) sum += k + 1;
    clock.ms += 10;
  });
  return sum;
}

describe('work that may be cut', () => {
  it('gives the same whether it is done in one go or in turns', async () => {
    const clock = { ms: 0 };
    const signal = new AbortController().signal;
    expect(wholly(sumTo(105, clock))).toBe(5565);
    expect(await inTurns(sumTo(105, clock), signal, () => clock.ms)).toBe(5565);
  });

  it('lets a message be answered between two turns', async () => {
    const clock = { ms: 0 };
    const answeredAt: number[] = [];
    const ask = (): void => {
      setImmediate(() => {
        answeredAt.push(clock.ms);
        if (answeredAt.length < 3) ask();
      });
    };
    ask();
    await inTurns(sumTo(200, clock), new AbortController().signal, () => clock.ms);
    expect(answeredAt).toEqual([40, 80, 120]);
  });

  it('stops at the next turn once it is cancelled', async () => {
    const clock = { ms: 0 };
    const stop = new AbortController();
    setImmediate(() => {
      stop.abort();
    });
    const work = inTurns(sumTo(1000, clock), stop.signal, () => clock.ms);
    await expect(work).rejects.toMatchObject({ problem: { code: 'engine/cancelled' } });
    expect(clock.ms).toBe(40);
  });
});
