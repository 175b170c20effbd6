import { describe, expect, it } from 'vitest';
import { pacedNetwork } from '../../../main/engine/job/pacedNetwork';
import type { LoadedNetwork } from '../../../main/engine/network/network';
import { writtenNetwork } from '../analysis/writtenNetwork';

/** y = 2x on four numbers an entry; each run holds the event loop for as long as its clock says. */
function slowNetwork(clock: { ms: number }, msAnEntry: number, batches: number[]): LoadedNetwork {
  const network = writtenNetwork(
    [4],
    [{ name: 'y', inputs: ['x'], shape: [4], compute: ([x]) => Array.from(x ?? [], (value) => 2 * value) }],
    { batches },
  );
  return {
    ...network,
    async run(inputs, fetches, signal) {
      clock.ms += msAnEntry * (inputs['x']?.shape[0] ?? 0);
      return network.run(inputs, fetches, signal);
    },
  };
}

const x = { shape: [32, 4], values: Float32Array.from({ length: 128 }, (_, n) => n) };
const fetches = [{ node: 'y', stage: 'output' }] as const;

describe('a network at the pace of the event loop', () => {
  it('halves batches whose calls last too long, and gives every entry’s values in their order', async () => {
    const clock = { ms: 0 };
    const batches: number[] = [];
    const network = pacedNetwork(slowNetwork(clock, 10, batches), 2 ** 30, () => clock.ms);
    for (let n = 0; n < 4; n++) {
      const y = (await network.run({ x }, fetches)).get('y');
      expect(y?.shape).toEqual([32, 4]);
      expect(Array.from(y?.values ?? [])).toEqual(Array.from(x.values, (value) => 2 * value));
    }
    // 320 ms twice; 160 ms twice; 80 ms is short enough.
    expect(batches).toEqual([32, 32, 16, 16, 8, 8, 8, 8]);
  });

  it('leaves batches alone that are quick, or slow only once', async () => {
    const clock = { ms: 0 };
    const batches: number[] = [];
    const quick = pacedNetwork(slowNetwork(clock, 1, batches), 2 ** 30, () => clock.ms);
    await quick.run({ x }, fetches);
    clock.ms += 1000;
    await quick.run({ x }, fetches);
    await quick.run({ x }, fetches);
    expect(batches).toEqual([32, 32, 32]);
  });

  it('answers a message between two pieces', async () => {
    const clock = { ms: 0 };
    const batches: number[] = [];
    const network = pacedNetwork(slowNetwork(clock, 10, batches), 2 ** 30, () => clock.ms);
    await network.run({ x }, fetches);
    await network.run({ x }, fetches);
    const answeredAfter: number[] = [];
    const begun = batches.length;
    const ask = (): void => {
      setImmediate(() => {
        answeredAfter.push(batches.length - begun);
        if (batches.length - begun < 2) ask();
      });
    };
    ask();
    await network.run({ x }, fetches);
    expect(answeredAfter).toContain(1);
  });
});
