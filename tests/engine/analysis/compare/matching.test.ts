import { describe, expect, it } from 'vitest';
import { matchingOf } from '../../../../main/engine/analysis/compare/matching';
import { cosineByChance, weightMatching } from '../../../../main/engine/analysis/compare/weightMatching';
import type { Rows } from '../../../../main/engine/analysis/statistics/kernelAlignment';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { assemble } from '../../../../main/engine/network/assemble';
import type { NetworkGraph } from '../../../../main/engine/network/graph';

const gaussian = (n: number, features: number, purpose: string): Rows => {
  const draws = drawsOf(1, purpose);
  return { n, features, values: Float64Array.from({ length: n * features }, () => draws.normal()) };
};
const reordered = ({ n, features, values }: Rows, order: readonly number[], scale = 1): Rows => ({
  n,
  features,
  values: values.map((_, at) => scale * (values[at - (at % features) + (order[at % features] as number)] as number)),
});
const order = [3, 0, 4, 1, 5, 2, 7, 6];
const inverse = order.map((_, c) => order.indexOf(c));

describe('filters of two runs', () => {
  it('are matched by their answers: a permuted, rescaled twin gives its permutation back', () => {
    const x = gaussian(14, 8, 'answers');
    const found = matchingOf(x, reordered(x, order, 3), 'twin');
    expect(found?.order).toEqual(inverse);
    expect(found?.mean).toBeCloseTo(1, 12);
    expect(found).toMatchObject({ paired: 8, inPlace: 0, p: 1 / 40 });
    expect(found?.meanByChance).toBeLessThan(0.8);
  });

  it('are not said to match where they have nothing to do with each other', () => {
    let claimed = 0;
    for (let t = 0; t < 20; t++) {
      const found = matchingOf(gaussian(14, 8, `x${String(t)}`), gaussian(14, 8, `y${String(t)}`), String(t));
      if ((found?.p ?? 1) <= 0.05) claimed++;
      else expect(found?.paired).toBe(0);
    }
    // Binomial 99.9 % of 20 at 5 %.
    expect(claimed).toBeLessThanOrEqual(5);
  });

  it('take ten patients, as many channels, and channels that vary', () => {
    expect(matchingOf(gaussian(9, 4, 'few'), gaussian(9, 4, 'few'), '')).toBeNull();
    expect(matchingOf(gaussian(12, 4, 'a'), gaussian(12, 5, 'b'), '')).toBeNull();
    const x = gaussian(12, 4, 'constant');
    const dead = { ...x, values: x.values.map((value, at) => (at % 4 === 2 ? 0 : value)) };
    expect(matchingOf(dead, dead, '')?.correlation[2]).toBeNull();
  });
});

/** conv of 3 × 3 over `inputs`, then 1 × 1 over its channels behind a ReLU, in an order of channels. */
function networkOf(
  inputs: number,
  channels: number,
  purpose: string,
  by = Array.from({ length: channels }, (_, c) => c),
): NetworkGraph {
  const draws = drawsOf(1, purpose);
  const size = 9 * inputs;
  const first = Float32Array.from({ length: size * channels }, () => draws.normal());
  const second = Float32Array.from({ length: 9 * channels * channels }, () => draws.normal());
  const moved = (values: Float32Array): Float32Array =>
    values.map((_, at) => values[at - (at % channels) + (by[at % channels] as number)] as number);
  const onInputs = Float32Array.from(second, (_, at) => {
    const [row, out] = [Math.floor(at / channels), at % channels];
    const tap = row - (row % channels);
    return second[(tap + (by[row % channels] as number)) * channels + out] as number;
  });
  const conv = (name: string, input: string, from: number, values: Float32Array) => ({
    name,
    op: 'conv2d',
    inputs: [input],
    attributes: { kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding: 'same' },
    weights: [{ name: 'kernel', shape: [3, 3, from, channels], values }],
  });
  return assemble({
    name: purpose,
    nodes: [
      { name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] },
      conv('one', 'x', inputs, moved(first)),
      { name: 'relu', op: 'activation', inputs: ['one'], attributes: { activation: { kind: 'tanh' } }, weights: [] },
      conv('two', 'relu', channels, onInputs),
    ],
    inputs: [{ name: 'x', node: 'x', shape: [null, 8, 8, inputs] }],
    outputs: [{ name: 'two', node: 'two' }],
  });
}

describe('weights beside the match', () => {
  it.each([
    [9, 64, 0.66],
    [9, 16, 0.49],
    [27, 32, 0.36],
    [144, 16, 0.13],
    [288, 32, 0.11],
    [576, 64, 0.09],
  ])('of unrelated filters of %i weights, %i of them, match at a mean cosine of %f', (size, channels, cosine) => {
    expect(cosineByChance(size, channels)).toBeCloseTo(cosine, 1);
    expect(Math.abs(cosineByChance(size, channels) - cosine)).toBeLessThan(0.02);
  });

  it('are never believed of filters of nine weights, however well they go together', () => {
    const one = networkOf(1, 8, 'nine');
    expect(weightMatching(one, 'one', networkOf(1, 8, 'nine', order), 'one', new Map())).toMatchObject({
      size: 9,
      said: 'refused',
      cosine: expect.closeTo(1, 5) as number,
    });
  });

  it('find a permuted twin layer by layer, each in the order found before it', () => {
    const [one, twin] = [networkOf(3, 8, 'larger'), networkOf(3, 8, 'larger', order)];
    expect(weightMatching(one, 'one', twin, 'one', new Map())).toMatchObject({ size: 27, said: 'matched' });
    const second = weightMatching(one, 'two', twin, 'two', new Map([['one', inverse]]));
    expect(second).toMatchObject({ size: 72, said: 'matched', cosine: expect.closeTo(1, 5) as number });
    // In the order that the file has them the inputs do not belong together.
    const wrong = weightMatching(one, 'two', twin, 'two', new Map([['one', order]]));
    expect(wrong?.said).toBe('unrelated');
    expect(weightMatching(one, 'two', twin, 'two', new Map())).toBeNull();
  });

  it('say unrelated of another training from another seed', () => {
    const found = weightMatching(networkOf(3, 8, 'seed 1'), 'one', networkOf(3, 8, 'seed 2'), 'one', new Map());
    expect(found?.said).toBe('unrelated');
  });
});
