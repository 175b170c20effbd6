import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceptiveField } from '../../../shared/network';
import type { NetworkGraph } from '../../../main/engine/network/graph';
import {
  demand,
  linearRule,
  nearestRule,
  transposedRule,
  windowRule,
} from '../../../main/engine/network/operation/interval';
import { receptiveFields } from '../../../main/engine/network/receptiveField';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { chain, filled, runOn, weight } from './handmade';

await startBackend({ rung: 'native' });

type Layer = Parameters<typeof chain>[1][number];

const positive = (v: number): number => 0.5 + 0.4 * v;

const conv = (name: string, k: number, s: number, d: number, padding: string): Layer => ({
  name,
  op: 'conv1d',
  attributes: { kernelSize: [k], strides: [s], dilation: [d], padding, groups: 1 },
  weights: [weight('kernel', [k, 1, 1], filled([k], k, positive))],
});
const transposed = (name: string, k: number, s: number, padding: string): Layer => ({
  name,
  op: 'convTranspose1d',
  attributes: { kernelSize: [k], strides: [s], dilation: [1], padding, outputPadding: null },
  weights: [weight('kernel', [k, 1, 1], filled([k], k, positive))],
});
const pool = (name: string, k: number, s: number): Layer => ({
  name,
  op: 'averagePool1d',
  attributes: { kernelSize: [k], strides: [s], padding: 'same' },
});
const upsample = (name: string, factor: number): Layer => ({
  name,
  op: 'upsample1d',
  attributes: { factor: [factor], interpolation: 'nearest' },
});

const anyLayer = (at: number): fc.Arbitrary<Layer> => {
  const name = `n${at}`;
  const padding = fc.constantFrom('same', 'valid');
  return fc.oneof(
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), padding)
      .map(([k, s, p]) => conv(name, k, s, 1, p)),
    fc
      .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 1, max: 3 }), padding)
      .map(([k, d, p]) => conv(name, k, 1, d, p)),
    fc
      .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 3 }), padding)
      .map(([k, s, p]) => transposed(name, k, s, p)),
    fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 1, max: 2 })).map(([k, s]) => pool(name, k, s)),
    fc.integer({ min: 2, max: 3 }).map((f) => upsample(name, f)),
    fc.constant<Layer>({ name, op: 'zeroPad1d', attributes: { amounts: [[1, 2]] } }),
    fc.constant<Layer>({ name, op: 'crop1d', attributes: { amounts: [[1, 0]] } }),
  );
};

const anyChain = fc
  .tuple(fc.integer({ min: 11, max: 16 }), fc.integer({ min: 1, max: 4 }))
  .chain(([size, depth]) =>
    fc.tuple(fc.constant(size), fc.tuple(...Array.from({ length: depth }, (_, at) => anyLayer(at)))),
  );

/** Which inputs each output of the last layer really moves with: by changing them one at a time. */
async function seenByForce(graph: NetworkGraph, size: number): Promise<boolean[][]> {
  const output = graph.outputs[0]!.node;
  const start = filled([size], 5, positive);
  const batch = Float32Array.from({ length: (size + 1) * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return start[column]! + (row === column + 1 ? 1 : 0);
  });
  const result = (await runOn(graph, { shape: [size + 1, size, 1], values: batch }, [output])).get(output)!;
  const outputs = result.shape[1]!;
  return Array.from({ length: outputs }, (_, o) =>
    Array.from({ length: size }, (__, i) => result.values[(i + 1) * outputs + o] !== result.values[o]),
  );
}

describe('receptive fields', () => {
  it('hold every voxel that an output moves with, for any chain', async () => {
    await fc.assert(
      fc.asyncProperty(anyChain, async ([size, layers]) => {
        let graph: NetworkGraph;
        try {
          graph = chain([null, size, 1], layers);
        } catch {
          return;
        }
        const last = layers.at(-1)!.name;
        const field = receptiveFields(graph).get(last) as ReceptiveField;
        const seen = await seenByForce(graph, size);
        seen.forEach((inputs, o) => {
          const low = field.start[0]! + field.step[0]! * o - 1e-9;
          const high = low + field.size[0]! - 1 + 2e-9;
          inputs.forEach((moves, i) => {
            if (moves)
              expect(i >= low && i <= high, `output ${o} moves with input ${i} outside ${low}…${high}`).toBe(true);
          });
        });
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('are no larger than need be: with positive weights the ends of the box move the output', async () => {
    const plain = fc
      .tuple(
        fc.integer({ min: 12, max: 18 }),
        fc.array(fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 2 })), {
          minLength: 1,
          maxLength: 3,
        }),
      )
      .map(([size, windows]) => [size, windows.map(([k, s], at) => conv(`n${at}`, k, s, 1, 'same'))] as const);
    await fc.assert(
      fc.asyncProperty(plain, async ([size, layers]) => {
        const graph = chain([null, size, 1], layers);
        const field = receptiveFields(graph).get(layers.at(-1)!.name) as ReceptiveField;
        const seen = await seenByForce(graph, size);
        seen.forEach((inputs, o) => {
          const low = field.start[0]! + field.step[0]! * o;
          const high = low + field.size[0]! - 1;
          if (low >= 0) expect(inputs[low]).toBe(true);
          if (high < size) expect(inputs[high]).toBe(true);
        });
      }),
      { numRuns: 30, seed: 8 },
    );
  });

  it('follow the closed form of a chain: r = 1 + Σ(k − 1)·Π strides, TF padding of the odd size', () => {
    const layers = [conv('a', 3, 2, 1, 'same'), conv('b', 3, 1, 2, 'same'), conv('c', 5, 3, 1, 'same')];
    const field = receptiveFields(chain([null, 9, 1], layers)).get('c');
    // Paddings before, for n = 9, 5, 5: ⌊2/2⌋, ⌊4/2⌋, ⌊3/2⌋; start = −1 − 2·2 − 2·1.
    expect(field).toEqual({ size: [1 + 2 + 4 * 2 + 4 * 2], step: [6], start: [-1 - 4 - 2] });
  });

  it('have a fractional step in a decoder and the smallest box over its phases', () => {
    const fields = receptiveFields(chain([null, 8, 1], [pool('p', 2, 2), upsample('u', 4)]));
    // Output o sees cell ⌊o/4⌋, inputs 2⌊o/4⌋ and the next: at o = 3 that is 1.5 below 0.5·3.
    expect(fields.get('u')).toEqual({ size: [3.5], step: [0.5], start: [-1.5] });
  });

  it('are global behind pooling of the whole map, also through a gate', () => {
    const graph = chain(
      [null, 6, 6, 2],
      [
        { name: 'mean', op: 'globalAveragePool', attributes: { keepDims: true } },
        { name: 'gate', op: 'multiply', inputs: ['input', 'mean'] },
      ],
    );
    expect(receptiveFields(graph).get('mean')).toBe('global');
    expect(receptiveFields(graph).get('gate')).toBe('global');
  });

  it('forward intervals name exactly the outputs whose demand meets the change', () => {
    const rules = fc.oneof(
      fc
        .record({
          kernel: fc.integer({ min: 1, max: 4 }),
          stride: fc.integer({ min: 1, max: 3 }),
          before: fc.integer({ min: 0, max: 3 }),
        })
        .map((along) => windowRule(1, { ...along, dilation: 1 })),
      fc
        .record({
          kernel: fc.integer({ min: 2, max: 4 }),
          stride: fc.integer({ min: 1, max: 2 }),
          before: fc.integer({ min: 0, max: 1 }),
        })
        .map((along) => transposedRule(1, { ...along, dilation: 1 })),
      fc.integer({ min: 1, max: 4 }).map((f) => nearestRule(1, f)),
      fc
        .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0 as const, 0.5 as const))
        .map(([f, h]) => linearRule(1, f, h)),
    );
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }), (rule, start, length) => {
        const changed = { start, end: start + length };
        const outputs = Array.from({ length: 40 }, (_, o) => o).filter((o) => {
          const read = demand(rule, { start: o, end: o + 1 });
          return read.start < changed.end && changed.start < read.end && read.start < read.end;
        });
        const found = rule.forward(changed, 40);
        const wanted = outputs.length === 0 ? 0 : outputs.at(-1)! + 1 - outputs[0]!;
        expect(found.end - found.start).toBe(wanted);
        if (wanted > 0) expect(found.start).toBe(outputs[0]);
      }),
      { seed: 9 },
    );
  });
});
