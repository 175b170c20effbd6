import { describe, expect, it } from 'vitest';
import { maps } from '../../../../main/engine/analysis/maps/maps';
import { plainRelu } from '../../../../main/engine/network/operation/activation';
import type { GraphDraft } from '../../../../main/engine/network/assemble';
import { maps as definition } from '../../../../shared/analysis/maps';
import { Recipe } from '../../../../shared/recipe';
import { assembledNetwork, vector } from '../assembledNetwork';
import { arrayInput, contextOf, memoryWriter, runToEnd } from '../writtenNetwork';

/** 1 × 1 convolution with ReLU of one channel, then another that reads it. `weights` as [in][out]. */
const pointwise = (
  name: string,
  from: string,
  inside: number,
  weights: readonly number[],
  bias: readonly number[],
) => ({
  name,
  op: 'conv2d',
  inputs: [from],
  attributes: { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid', activation: plainRelu },
  weights: [
    { name: 'kernel', shape: [1, 1, inside, bias.length], values: Float32Array.from(weights) },
    vector('bias', bias),
  ],
});

const draft = (nodes: GraphDraft['nodes']): GraphDraft => ({
  name: 'planted',
  nodes: [{ name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] }, ...nodes],
  inputs: [{ name: 'x', node: 'x', shape: [null, 2, 2, 1] }],
  outputs: [{ name: 'out', node: nodes.at(-1)?.name ?? 'x' }],
});

const recipe = Recipe.parse({
  schema: 'isolens/recipe@1',
  grid: {},
  dims: 2,
  channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1] }],
  output: { kind: 'classification', labels: ['a', 'b'] },
});

async function figures(nodes: GraphDraft['nodes'], values: readonly number[], withRecipe = true) {
  const network = await assembledNetwork(draft(nodes));
  const context = contextOf(network, withRecipe ? { recipe } : {});
  const asked = definition.parameters.parse({});
  const { part } = await runToEnd(
    maps.onInput(arrayInput(values, [2, 2, 1]), context, asked, memoryWriter().writer, new AbortController().signal),
  );
  const { summary, warnings } = maps.conclude([part], context, asked);
  network.close();
  const { layers, certificateBox } = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
  return {
    layer: (node: string) => layers.find((layer) => layer.node === node)?.channels ?? [],
    certificateBox,
    warnings,
  };
}

describe('the certificate of a dead filter', () => {
  // P1: w ≥ 0, input box [0, 1], b = −Σw − 1; siblings alive.
  it('holds for every input of the recipe’s range, with its cause, and not for the siblings', async () => {
    const nodes = [
      pointwise('conv', 'x', 1, [0.5, 1, 2], [-1.5, -0.2, 0]),
      pointwise('next', 'conv', 3, [1, 0.5, 1, 0.25, 2, -1], [0, 0.1]),
    ];
    const { layer, certificateBox } = await figures(nodes, [0, 0.5, 1, 0.3]);
    expect(certificateBox).toBe('recipe');
    expect(layer('conv').map(({ status }) => status)).toEqual(['dead-certified', 'alive', 'alive']);
    expect(layer('conv')[0]).toMatchObject({ certified: true, cause: { compatibleWith: ['bias'] } });
    expect(layer('conv')[1]).toMatchObject({ certified: false, cause: null });
    // Norms that `next` reads with: √1.25, √1.0625, √5, and their median is the first.
    expect(layer('conv')[2]?.used).toBeCloseTo(Math.sqrt(5) / Math.sqrt(1.25), 5);
  });

  it('is not given where one value of the range would wake the filter, though these inputs are silent', async () => {
    const nodes = [pointwise('conv', 'x', 1, [1, 1], [-0.9, 0])];
    const { layer } = await figures(nodes, [0, 0.5, 0.8, 0.3]);
    expect(layer('conv')[0]).toMatchObject({ status: 'silent-so-far', certified: false });
  });

  it('speaks of the range of the inputs where no recipe bounds it, and says so', async () => {
    const nodes = [pointwise('conv', 'x', 1, [1, 1], [-0.9, 0])];
    const { layer, certificateBox, warnings } = await figures(nodes, [0, 0.5, 0.8, 0.3], false);
    expect(certificateBox).toBe('inputs');
    expect(layer('conv')[0]).toMatchObject({ status: 'dead-certified' });
    expect(warnings).toMatchObject([{ code: 'analysis/certificate-of-inputs' }]);
  });

  it('names a filter starved whose every input channel is dead, and one whose weights are all negative', async () => {
    const nodes = [
      pointwise('conv', 'x', 1, [1, 1], [-2, 0.1]),
      pointwise('next', 'conv', 2, [1, 0, 0.5, 0, -1, 1], [0, 0, 0.1]),
    ];
    const { layer } = await figures(nodes, [0, 0.5, 0.8, 0.3]);
    const causes = layer('next').map(({ cause }) => cause?.compatibleWith ?? []);
    expect(causes[0]).toContain('starved');
    expect(causes[1]).toContain('weights');
    expect(causes[2]).toEqual([]);
  });

  // P3: γ = 0 with β = −1 is dead behind the ReLU, with β = +1 frozen at 1.
  it('finds a normalisation that shot its filter', async () => {
    const conv = {
      ...pointwise('conv', 'x', 1, [1, 1, 1], [0, 0, 0]),
      attributes: { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid' },
    };
    const nodes = [
      conv,
      {
        name: 'bn',
        op: 'batchNorm',
        inputs: ['conv'],
        attributes: { epsilon: 1e-3 },
        weights: [
          vector('gamma', [0, 0, 1]),
          vector('beta', [-1, 1, 0]),
          vector('mean', [0, 0, 0.2]),
          vector('variance', [1, 1, 1]),
        ],
      },
      { name: 'relu', op: 'activation', inputs: ['bn'], attributes: { activation: plainRelu }, weights: [] },
    ];
    const { layer } = await figures(nodes, [0, 0.5, 0.8, 0.3]);
    expect(layer('relu').map(({ status }) => status)).toEqual(['dead-certified', 'frozen', 'alive']);
    expect(layer('relu')[0]?.cause?.compatibleWith).toContain('batch-normalisation');
    expect(layer('relu')[1]).toMatchObject({ min: 1, max: 1 });
  });

  it('finds stored statistics that are not those of the inputs, and leaves alone those that are', async () => {
    const conv = {
      ...pointwise('conv', 'x', 1, [1, 1, 1], [0, 0, 0]),
      attributes: { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid' },
    };
    // Measured: mean 0.4, variance 0.085. Stored: ten too high; their own; a variance ten times too large.
    const nodes = [
      conv,
      {
        name: 'bn',
        op: 'batchNorm',
        inputs: ['conv'],
        attributes: { epsilon: 1e-3 },
        weights: [
          vector('gamma', [1, 1, 1]),
          vector('beta', [0, -2, -2]),
          vector('mean', [10, 0.4, 0.4]),
          vector('variance', [0.085, 0.085, 0.85]),
        ],
      },
      { name: 'relu', op: 'activation', inputs: ['bn'], attributes: { activation: plainRelu }, weights: [] },
    ];
    const { layer } = await figures(nodes, [0, 0.5, 0.8, 0.3], false);
    const found = layer('relu').map(({ cause }) => cause?.compatibleWith.includes('batch-normalisation') ?? false);
    expect(layer('relu').map(({ max }) => max)).toEqual([0, 0, 0]);
    expect(found).toEqual([true, false, true]);
  });
});
