import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../main/engine/analysis/analysis';
import { atLeast } from '../../../../main/engine/analysis/search/lying';
import { bandOf, drawBands } from '../../../../main/engine/analysis/search/bands';
import { binOf, topOfBin } from '../../../../main/engine/analysis/search/dissection';
import { commonName } from '../../../../main/engine/analysis/regions';
import { search } from '../../../../main/engine/analysis/search/search';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { structureOf } from '../../../samples/structure';
import { arrayInput, relu, runToEnd, writtenNetwork, type WrittenNode } from '../writtenNetwork';
import { neuronOf, placedInput, recipeOf, searched } from './planted';

/** Two channels: the input as it is, and its negative, both behind a rectifier. */
const mirrored: WrittenNode = {
  name: 'c',
  inputs: ['x'],
  shape: [2, 3, 2],
  activation: relu,

  compute: ([x]) => Array.from(x ?? []).flatMap((v) => [v, -v]),
};
const network = writtenNetwork([2, 3, 1], [mirrored]);
const inputs = (rows: readonly (readonly number[])[], patients: readonly string[] = []) =>
  rows.map((row, n) => arrayInput(row, [2, 3, 1], { id: `I${String(n)}`, patient: patients[n] ?? `I${String(n)}` }));

describe('the search over a database', () => {
  it('lists inputs in falling order, ties by their order, with the first of equal places', async () => {
    const { neurons, summary } = await searched(
      network,
      inputs([
        [0, 3, 0, 3, 0, 0],
        [0, 0, 0, 0, 5, -2],
        [3, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, -9],
      ]),
      { top: 3 },
    );
    expect(neuronOf(neurons, 'c', 0).top.map(({ input, value, position }) => [input, value, position])).toEqual([
      ['I1', 5, [1, 1]],
      ['I0', 3, [0, 1]],
      ['I2', 3, [0, 0]],
    ]);
    expect(neuronOf(neurons, 'c', 1).top.map(({ input, value }) => [input, value])).toEqual([
      ['I3', 9],
      ['I1', 2],
      ['I0', 0],
    ]);
    expect(summary).toMatchObject({ patients: 4, inputs: 4, extreme: 'most' });
    expect(neurons[0]?.top[0]).toMatchObject({ boxMm: null, centreMm: null, structures: [] });
  });

  it('shows one place a patient, that of the patient’s best input', async () => {
    const rows = [
      [1, 0, 0, 0, 0, 0],
      [4, 0, 0, 0, 0, 0],
      [3, 0, 0, 0, 0, 0],
      [2, 0, 0, 0, 0, 0],
    ];
    const { neurons, summary } = await searched(network, inputs(rows, ['a', 'a', 'b', 'a']));
    expect(neuronOf(neurons, 'c').top.map(({ input, patient }) => [input, patient])).toEqual([
      ['I1', 'a'],
      ['I2', 'b'],
    ]);
    expect(summary.patients).toBe(2);
  });

  it('looks below a rectifier for the least, where its output is zero everywhere', async () => {
    const rows = [
      [0, -3, 0, 0, 0, 0],
      [0, 0, -7, 0, 0, 0],
    ];
    const { neurons } = await searched(network, inputs(rows), { extreme: 'least' });
    const neuron = neuronOf(neurons, 'c');
    expect(neuron.rankedBy).toBe('pre-activation');
    expect(neuron.top.map(({ input, value, position }) => [input, value, position])).toEqual([
      ['I1', -7, [0, 2]],
      ['I0', -3, [0, 1]],
    ]);
  });

  it('tells equal values of a saturated unit apart by what stands before its activation', async () => {
    const flat = writtenNetwork(
      [2, 3, 1],
      [
        {
          ...mirrored,
          shape: [2, 3, 1],
          activation: { kind: 'relu', negativeSlope: 0, maxValue: 6, threshold: 0 },
          compute: ([x]) => x ?? [],
        },
      ],
    );
    const rows = [
      [8, 0, 0, 0, 0, 0],
      [0, 9, 0, 0, 0, 0],
    ];
    const { top } = neuronOf((await searched(flat, inputs(rows))).neurons, 'c');
    expect(top.map(({ input, value, preActivation }) => [input, value, preActivation])).toEqual([
      ['I1', 6, 9],
      ['I0', 6, 8],
    ]);
  });

  it('ranks by the mean or by one voxel where that is asked', async () => {
    const rows = [
      [9, 0, 0, 0, 0, 0],
      [2, 2, 2, 2, 2, 2],
    ];
    const mean = neuronOf((await searched(network, inputs(rows), { score: 'mean' })).neurons, 'c').top;
    expect(mean.map(({ input, value }) => [input, value])).toEqual([
      ['I1', 2],
      ['I0', 1.5],
    ]);
    const voxel = neuronOf((await searched(network, inputs(rows), { score: { voxel: [1, 2] } })).neurons, 'c').top;
    expect(voxel.map(({ input, value, position }) => [input, value, position])).toEqual([
      ['I1', 2, [1, 2]],
      ['I0', 0, [1, 2]],
    ]);
  });

  it('gives the same numbers from parts made apart, taken from a cache, or asked for again and again', async () => {
    const draws = drawsOf(3, 'stream');
    const rows = Array.from({ length: 40 }, () => Array.from({ length: 6 }, () => draws.below(9) - 4));
    const all = inputs(
      rows,
      rows.map((_, n) => `p${String(n % 25)}`),
    );
    const { parts, context, parameters, conclusion } = await searched(network, all);
    const apart: Part[] = [];
    for (const start of [0, 1, 2])
      for (let n = start; n < all.length; n += 3) {
        const own = { ...parameters };
        const work = search.onInput(
          all[n] as (typeof all)[0],
          context,
          own,
          {
            volume: () => Promise.reject(new Error()),
            array: (name) => Promise.resolve(`${all[n]?.prepared.id ?? ''}/${name}.npy`),
          },
          new AbortController().signal,
        );
        apart[n] = JSON.parse(JSON.stringify((await runToEnd(work)).part)) as Part;
      }
    expect(search.conclude(apart, context, { ...parameters }).summary).toEqual(conclusion.summary);
    for (let n = 1; n <= parts.length; n++) {
      const { summary } = search.conclude(parts.slice(0, n), context, parameters);
      expect(summary).toEqual(search.conclude(parts.slice(0, n), context, { ...parameters }).summary);
    }
    expect(search.conclude(parts, context, parameters)).toEqual(conclusion);
  });

  it('keeps of each input a few numbers a channel, however large its maps are', async () => {
    const kept = async (side: number): Promise<number> => {
      const net = writtenNetwork(
        [side, side, 1],
        [
          {
            name: 'c',
            inputs: ['x'],
            shape: [side, side, 1],
            activation: relu,

            compute: ([x]) => x ?? [],
          },
        ],
      );
      const values = Float32Array.from({ length: side * side }, (_, v) => v % 17);
      const { parts } = await searched(net, [arrayInput(values, [side, side, 1])]);
      return JSON.stringify(parts[0]?.kept).length;
    };
    expect((await kept(64)) - (await kept(8))).toBeLessThan(40);
  });

  it('writes each crop that is shown and names it among the files of its input', async () => {
    const rows = [
      [1, 0, 0, 0, 0, 0],
      [2, 0, 0, 0, 0, 0],
      [3, 0, 0, 0, 0, 0],
    ];
    const { neurons, conclusion, arrays } = await searched(network, inputs(rows), { top: 2 });
    const [first, second] = neuronOf(neurons, 'c').top;
    expect([first?.crop, second?.crop]).toEqual(['I2/crops/0_0-2_3.npy', 'I1/crops/0_0-2_3.npy']);
    expect(conclusion.inputFiles?.['I2']).toEqual({
      crops: { 'c/0': 'I2/crops/0_0-2_3.npy' },
    });
    expect([...(arrays.get('I2/crops/0_0-2_3')?.values ?? [])]).toEqual([3, 0, 0, 0, 0, 0]);
    expect(first?.channels?.[0]).toMatchObject({ unit: 'a.u.', mean: 0.5 });
  });
});

describe('what cannot be had', () => {
  it('passes over values that are not numbers, and says so', async () => {
    const { neurons, parts } = await searched(network, inputs([[NaN, 2, Infinity, 1, 0, 0]]));
    expect(neuronOf(neurons, 'c').top.map(({ value, position }) => [value, position])).toEqual([[2, [0, 1]]]);
    expect(parts[0]?.result.warnings.map(({ code }) => code)).toEqual(['analysis/search-not-finite']);
    const none = await searched(network, inputs([[NaN, NaN, NaN, NaN, NaN, NaN]]));
    expect(neuronOf(none.neurons, 'c').top).toEqual([]);
    expect(none.conclusion.verdict).toMatchObject({ level: 'cannot-say', code: 'no-place' });
  });

  it('says of outputs that are all equal that their order means nothing', async () => {
    const rows = [0, 1, 2].map(() => [1, 1, 1, 1, 1, 1]);
    const { neurons, conclusion } = await searched(network, inputs(rows), { channels: [0] });
    expect(neuronOf(neurons, 'c')).toMatchObject({ constant: true });
    expect(neuronOf(neurons, 'c').text.en).toContain('only follows the order of the inputs');
    expect(conclusion.verdict?.code).toBe('constant');
  });

  it('refuses a channel that the layer has not', async () => {
    await expect(
      searched(network, inputs([[0, 0, 0, 0, 0, 0]]), { nodes: ['c'], channels: [2] }),
    ).rejects.toMatchObject({
      problem: { code: 'analysis/no-such-channel', facts: { node: 'c', channel: 2, count: 2 } },
    });
  });

  it('takes a structure in several spellings for one, and leaves patients without it out of its row', async () => {
    const recipe = recipeOf(3, 'axial', {
      channels: [
        { image: 'CT', scale: [0, 1], clip: [0, 1] },
        { structure: 'Parotid_L', aliases: ['LT PAROTID'] },
      ],
    });
    expect(['parotid_l ', ' Lt Parotid', 'PAROTID_L'].map((name) => commonName(name, recipe))).toEqual([
      'Parotid_L',
      'Parotid_L',
      'Parotid_L',
    ]);
    expect(commonName(' Cord ', recipe)).toBe('Cord');
    const square = [-0.5, -0.5, 0, 1.5, -0.5, 0, 1.5, 0.5, 0, -0.5, 0.5, 0];
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const;
    const one = writtenNetwork(
      [1, 2, 2, 1],
      [
        {
          name: 'c',
          inputs: ['x'],
          shape: [1, 2, 2, 1],
          activation: relu,

          receptiveField: { size: [1, 1, 1], step: [1, 1, 1], start: [0, 0, 0] },
          compute: ([x]) => x ?? [],
        },
      ],
    );
    const named = (id: string, name: string | null) =>
      placedInput(id, Float32Array.from([9, 0, 0, 0]), [2, 2, 1], identity, recipe, {
        structures: name === null ? [] : [structureOf([square], { name })],
      });
    const { neurons } = await searched(
      one,
      [named('A', 'parotid_l'), named('B', 'Lt Parotid '), named('C', null)],
      {},
      recipe,
    );
    expect(neurons[0]?.lying).toEqual([{ name: 'Parotid_L', patients: 2, inside: 2, expected: 1, lift: 2, p: 0.25 }]);
    expect(neurons[0]?.dissection?.regions[0]).toMatchObject({ name: 'Parotid_L', patients: 2 });
    expect(neurons[0]?.top[2]).toMatchObject({
      input: 'C',
      structures: [],
      clipped: 0,
      boxMm: { min: [-0.5, -0.5, -0.5], max: [0.5, 0.5, 0.5] },
    });
  });
});

describe('what the numbers are made of', () => {
  it('counts by chance as the sum over patients with shares of their own does', () => {
    expect(atLeast(2, [0.5, 0.5])).toBeCloseTo(0.25, 12);
    expect(atLeast(1, [0.1, 0.2, 0.3])).toBeCloseTo(1 - 0.9 * 0.8 * 0.7, 12);
    expect(atLeast(0, [0.1])).toBe(1);
  });

  it('never puts a larger value into a lower bin, and a bin is at most 3.2 % wide', () => {
    const draws = drawsOf(5, 'bins');
    const values = [
      ...Array.from({ length: 4000 }, () => Math.fround(draws.normal() * 10 ** (draws.below(12) - 6))),
      0,
      -0,
    ].sort((a, b) => a - b);
    values.forEach((value, n) => {
      if (n > 0) expect(binOf(value)).toBeGreaterThanOrEqual(binOf(values[n - 1] as number));
      const top = topOfBin(binOf(value));
      expect(top).toBeGreaterThanOrEqual(value);
      expect(top - value).toBeLessThanOrEqual(0.032 * Math.abs(value));
      expect(binOf(top)).toBe(binOf(value));
    });
    expect(binOf(0)).toBe(binOf(-0));
    expect(topOfBin(binOf(0))).toBe(0);
  });

  it('draws examples of every band, with a seed', () => {
    const sorted = Array.from({ length: 2001 }, (_, n) => n);
    expect([2000, 1999, 1998, 1980, 1979, 1800, 1799, 1000, 999, 1, 0].map((value) => bandOf(value, sorted))).toEqual([
      '0.999-1',
      '0.999-1',
      '0.999-1',
      '0.99-0.999',
      '0.9-0.99',
      '0.9-0.99',
      '0.5-0.9',
      '0.5-0.9',
      '0-0.5',
      '0-0.5',
      'zero',
    ]);
    const all = sorted.map((value, order) => ({ rank: value, order, patient: String(order), place: { value } }));
    const drawn = drawBands(all, 9, 4, 'c/0');
    expect(drawn.map(({ band }) => band)).toEqual([
      '0.999-1',
      '0.999-1',
      '0.99-0.999',
      '0.99-0.999',
      '0.9-0.99',
      '0.9-0.99',
      '0.5-0.9',
      '0-0.5',
      'zero',
    ]);
    drawn.forEach(({ entrant, band }) => {
      expect(bandOf(entrant.place.value, sorted)).toBe(band);
    });
    expect(drawBands(all, 9, 4, 'c/0')).toEqual(drawn);
    expect(drawBands(all, 9, 5, 'c/0')).not.toEqual(drawn);
  });
});
