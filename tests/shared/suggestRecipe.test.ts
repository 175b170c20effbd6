import { describe, expect, it } from 'vitest';
import type { Description } from '../../shared/network';
import { suggestRecipe } from '../../shared/suggestRecipe';

const describing = (
  input: (number | null)[],
  output: (number | null)[],
  activation: string | null = null,
): Description => ({
  schema: 'isolens/describe@1',
  network: {
    name: 'n',
    format: 'keras3',
    sha256: '',
    parameters: 1,
    inputs: [{ name: 'x', shape: input }],
    outputs: [{ name: 'y', shape: output }],
  },
  nodes: [
    { name: 'y', op: 'conv2d', inputs: ['x'], outputShape: output, parameters: 1, activation, receptiveField: null },
  ],
  unsupported: [],
});

describe('the draft of a recipe', () => {
  it('takes dims, sizes and kind of output from the shapes', () => {
    const segmenter = suggestRecipe(describing([null, 128, 96, 1], [null, 128, 96, 3], 'softmax'));
    expect(segmenter).toMatchObject({
      dims: 2,
      grid: { size: [96, 128, null], spacingMm: [3, 3, 3] },
      output: { kind: 'segmentation', labels: ['background', 'label 1', 'label 2'], activation: 'softmax' },
    });
    const dose = suggestRecipe(describing([null, null, null, null, 2], [null, null, null, null, 1]));
    expect(dose).toMatchObject({ dims: 3, grid: { spacingMm: 'native' }, output: { kind: 'regression' } });
    expect(dose.channels).toHaveLength(2);
    const classifier = suggestRecipe(describing([null, 64, 64, 5], [null, 1], 'sigmoid'));
    expect(classifier).toMatchObject({ context: 2, output: { kind: 'classification', activation: 'sigmoid' } });
    expect(classifier.output).toMatchObject({ labels: ['class 0', 'class 1'] });
  });
});
