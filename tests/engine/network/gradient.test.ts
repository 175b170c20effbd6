import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { productOf } from '../../../main/engine/network/operation/operation';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { asFetch, byDifferences, farOff, gradientOn, weighed } from './gradientOn';
import { chain, filled, noise, runOn, weight } from './handmade';
import { Draws, randomNetwork, relu } from './incremental/randomNetworks';

await startBackend({ rung: 'native' });

const kernel = (k: number, inside: number, out: number): ReturnType<typeof weight> =>
  weight('kernel', [k, k, inside, out], filled([k * k * inside * out], k + out));

const small = chain(
  [null, 6, 5, 2],
  [
    {
      name: 'conv',
      op: 'conv2d',
      attributes: {
        kernelSize: [3, 3],
        strides: [1, 1],
        dilation: [1, 1],
        padding: 'same',
        groups: 1,
        activation: { kind: 'silu' },
      },
      weights: [kernel(3, 2, 3)],
    },
    { name: 'pool', op: 'averagePool2d', attributes: { kernelSize: [2, 2], strides: [2, 2], padding: 'same' } },
    { name: 'mean', op: 'globalAveragePool' },
    {
      name: 'logits',
      op: 'dense',
      weights: [weight('kernel', [3, 4], filled([12], 5))],
      attributes: { activation: { kind: 'softmax', axes: [-1] } },
    },
  ],
);
const image = { shape: [1, 6, 5, 2], values: filled([60], 3) };

describe('gradients', () => {
  it('of one logit before its softmax, and of its probability, are those of differences', async () => {
    for (const stage of ['preActivation', 'output'] as const) {
      const fetch = { node: 'logits', stage };
      const { gradients } = await gradientOn(small, { inputs: { input: image }, fetch });
      expect(farOff(gradients.get('input')!.values, await byDifferences(small, image, 2 ** -5, fetch))).toBeLessThan(
        2e-3,
      );
    }
  });

  it('by an inner node, after and before its activation, follow the chain rule down to the input', async () => {
    const asked = { inputs: { input: image }, wrt: ['input', 'conv', 'conv:preActivation', 'pool'] };
    const { gradients } = await gradientOn(small, asked);
    expect(gradients.get('pool')!.shape).toEqual([1, 3, 3, 3]);
    const after = gradients.get('conv')!;
    const before = gradients.get('conv:preActivation')!;
    const values = await runOn(small, image, [asFetch({ node: 'conv', stage: 'preActivation' })]);
    const pre = values.get('conv:preActivation')!.values;
    const derivative = pre.map((z) => {
      const share = 1 / (1 + Math.exp(-z));
      return share * (1 + z * (1 - share));
    });
    expect(
      farOff(
        before.values,
        after.values.map((g, i) => g * derivative[i]!),
      ),
    ).toBeLessThan(1e-5);
    // From the map before the activation on, the scalar is that of the network's first layer alone.
    const first = await gradientOn(small, {
      inputs: { input: image },
      fetch: { node: 'conv', stage: 'preActivation' },
      cotangent: () => before.values,
    });
    expect(farOff(first.gradients.get('input')!.values, gradients.get('input')!.values)).toBeLessThan(1e-6);
  });

  it('come with the fetched values, the same as a run gives', async () => {
    const { fetched } = await gradientOn(small, { inputs: { input: image } });
    const run = (await runOn(small, image, ['logits'])).get('logits')!;
    expect(fetched.shape).toEqual(run.shape);
    expect(farOff(fetched.values, run.values)).toBe(0);
  });

  it('of a batch are those of its entries, also where the batch is cut, and the scalar is asked for once', async () => {
    const wide = chain(
      [null, 160, 160, 8],
      [
        {
          name: 'conv',
          op: 'conv2d',
          attributes: {
            kernelSize: [9, 9],
            strides: [1, 1],
            dilation: [1, 1],
            padding: 'same',
            groups: 1,
            activation: relu,
          },
          weights: [kernel(9, 8, 24)],
        },
      ],
    );
    const size = 160 * 160 * 8;
    const values = noise(9 * size, 4);
    let times = 0;
    const cotangent = (fetched: Parameters<typeof weighed>[0]): Float32Array => {
      times++;
      expect(fetched.shape).toEqual([9, 160, 160, 24]);
      const out = new Float32Array(fetched.values.length);
      const entry = out.length / 9;
      // Each entry has a weight of its own: a cut batch must not mix them up.
      for (let b = 0; b < 9; b++) out.fill((b + 1) / 8, b * entry, b * entry + 1000);
      return out;
    };
    const whole = (
      await gradientOn(wide, { inputs: { input: { shape: [9, 160, 160, 8], values } }, cotangent })
    ).gradients.get('input')!;
    expect(times).toBe(1);
    // With room for the maps of two entries only.
    const before = tf.memory().numTensors;
    const asked = { inputs: { input: { shape: [9, 160, 160, 8], values } }, cotangent, mostKept: 8e6 };
    const byTwo = (await gradientOn(wide, asked)).gradients.get('input')!;
    expect(tf.memory().numTensors).toBe(before);
    expect(times).toBe(2);
    expect(farOff(byTwo.values, whole.values)).toBeLessThan(1e-5);
    const last = await gradientOn(wide, {
      inputs: { input: { shape: [1, 160, 160, 8], values: values.slice(8 * size) } },
      cotangent: (fetched) => new Float32Array(fetched.values.length).fill(9 / 8, 0, 1000),
    });
    expect(farOff(whole.values.subarray(8 * size), last.gradients.get('input')!.values)).toBeLessThan(1e-5);
  });

  it('by a node that the scalar does not hang on are zero, in its shape', async () => {
    const { gradients } = await gradientOn(small, { inputs: { input: image }, fetch: 'conv', wrt: ['pool', 'input'] });
    expect(gradients.get('pool')!.shape).toEqual([1, 3, 3, 3]);
    expect(gradients.get('pool')!.values.every((v) => v === 0)).toBe(true);
    expect(gradients.get('input')!.values.some((v) => v !== 0)).toBe(true);
  });

  it('say which layer lets none through', async () => {
    const jump = chain(
      [null, 4, 1],
      [
        { name: 'twice', op: 'add', inputs: ['input', 'input'] },
        { name: 'steps', op: 'elementwise', attributes: { function: 'round' } },
        { name: 'mean', op: 'globalAveragePool' },
      ],
    );
    const before = tf.memory().numTensors;
    const asked = gradientOn(jump, { inputs: { input: { shape: [1, 4, 1], values: noise(4, 1) } } });
    await expect(asked).rejects.toMatchObject({
      problem: { code: 'network/cannot-differentiate', facts: { op: 'elementwise' }, where: { node: 'steps' } },
    });
    expect(tf.memory().numTensors).toBe(before);
    // A way round it is a way.
    const round = chain(
      [null, 4, 1],
      [
        { name: 'steps', op: 'elementwise', attributes: { function: 'round' } },
        { name: 'both', op: 'add', inputs: ['input', 'steps'] },
      ],
    );
    const { gradients } = await gradientOn(round, {
      inputs: { input: { shape: [1, 4, 1], values: noise(4, 1) } },
      cotangent: () => Float32Array.of(1, 2, 3, 4),
    });
    expect([...gradients.get('input')!.values]).toEqual([1, 2, 3, 4]);
  });

  it('name a node that is not there', async () => {
    const asked = gradientOn(small, { inputs: { input: image }, wrt: ['nowhere'] });
    await expect(asked).rejects.toMatchObject({ problem: { code: 'network/no-node' } });
  });

  it('stop when asked, and leave no tensor', async () => {
    const before = tf.memory().numTensors;
    const control = new AbortController();
    const asked = gradientOn(small, {
      inputs: { input: image },
      signal: control.signal,
      cotangent: (fetched) => {
        control.abort();
        return weighed(fetched);
      },
    });
    await expect(asked).rejects.toMatchObject({ problem: { code: 'engine/cancelled' } });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leave no tensor in 200 runs', async () => {
    const before = tf.memory().numTensors;
    for (let run = 0; run < 200; run++) await gradientOn(small, { inputs: { input: image }, wrt: ['input', 'pool'] });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('of any network are, along any direction, what its values change by', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(2 as const, 3 as const),
        async (seed, rank) => {
          const { graph, sizes, channels } = randomNetwork(rank, new Draws(seed), true);
          const shape = [1, ...sizes, channels];
          const values = noise(productOf(shape), seed);
          const before = tf.memory().numTensors;
          const { gradients } = await gradientOn(graph, { inputs: { input: { shape, values } } });
          expect(tf.memory().numTensors).toBe(before);
          const gradient = gradients.get('input')!.values;
          const along = noise(values.length, seed + 1);
          const slope = gradient.reduce((sum, g, i) => sum + g * along[i]!, 0);
          const size = Math.hypot(...gradient) * Math.hypot(...along);
          const output = graph.outputs[0]!.node;
          // What float32 outputs lose in a difference.
          let rounding = 0;
          const changes: number[] = [];
          for (const step of [2 ** -7, 2 ** -9]) {
            const both = Float32Array.from({ length: 2 * values.length }, (_, i) =>
              i < values.length
                ? values[i]! + step * along[i]!
                : values[i - values.length]! - step * along[i - values.length]!,
            );
            const result = (await runOn(graph, { shape: [2, ...shape.slice(1)], values: both }, [output])).get(
              output,
            )!.values;
            const r = noise(result.length / 2, 99);
            rounding = (2 ** -22 * Math.hypot(...result)) / step;
            changes.push(r.reduce((sum, w, o) => sum + w * (result[o]! - result[o + r.length]!), 0) / (2 * step));
          }
          // Where the network bends between the two steps, the differences say nothing.
          if (Math.abs(changes[0]! - changes[1]!) > 0.01 * Math.abs(slope) + 1e-4 * size) return;
          if (size > 0) compared++;
          expect(Math.abs(slope - changes[1]!), `seed ${seed}, ${rank}D`).toBeLessThanOrEqual(
            0.02 * Math.abs(slope) + 1e-3 * size + rounding,
          );
        },
      ),
      { numRuns: 90, seed: 11 },
    );
    expect(compared).toBeGreaterThan(40);
  }, 120_000);
});
