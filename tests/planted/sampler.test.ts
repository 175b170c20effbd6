import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openNetwork } from '../../main/engine/network/open';
import { assembledNetwork } from '../engine/analysis/assembledNetwork';
import { convolution, draftOf, node } from './written';

const folder = mkdtempSync(join(tmpdir(), 'isolens-sampler-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Two convolutions of weight 1 with an upsampling between, as tfjs-layers writes them. */
function layersModel(interpolation: 'bilinear' | 'nearest'): string {
  const own = join(folder, interpolation);
  mkdirSync(own);
  const conv = (name: string, more: object = {}) => ({
    class_name: 'Conv2D',
    config: { name, filters: 1, kernel_size: [1, 1], strides: [1, 1], padding: 'same', use_bias: false, activation: 'linear', ...more },
  }); // prettier-ignore
  const layers = [
    conv('first', { batch_input_shape: [null, 1, 4, 1] }),
    { class_name: 'UpSampling2D', config: { name: 'up', size: [1, 2], interpolation, data_format: 'channels_last' } },
    conv('second'),
  ];
  const weights = ['first', 'second'].map((name) => ({
    name: `${name}/kernel`,
    shape: [1, 1, 1, 1],
    dtype: 'float32',
  }));
  const model = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'm', layers } },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  };
  writeFileSync(join(own, 'model.json'), JSON.stringify(model));
  writeFileSync(join(own, 'w.bin'), Buffer.from(Float32Array.from([1, 1]).buffer));
  return own;
}

const line = { shape: [1, 1, 4, 1], values: Float32Array.from([0, 1, 2, 3]) };
/** Methods §1.3: (0, 1, 2, 3) × 2 by each convention. */
const legacy = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3];
const halfPixel = [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3];

describe('networks with an upsampling between two layers of weight 1 (P20)', () => {
  it('are flagged on opening where the sampler is not Keras’, and only there, and give its values', async () => {
    const bilinear = await openNetwork(layersModel('bilinear'));
    expect(bilinear.description.warnings?.map(({ code }) => code)).toEqual(['network/legacy-bilinear']);
    const [input] = bilinear.graph.inputs;
    const [output] = bilinear.graph.outputs;
    const answer = await bilinear.run({ [input!.name]: line }, [{ node: output!.node, stage: 'output' }]);
    expect([...(answer.get(output!.node)?.values ?? [])]).toEqual(legacy);
    bilinear.close();
    const nearest = await openNetwork(layersModel('nearest'));
    expect(nearest.description.warnings ?? []).toEqual([]);
    nearest.close();
  });

  it.each([
    ['bilinear', halfPixel],
    ['bilinear-legacy', legacy],
    ['nearest', [0, 0, 1, 1, 2, 2, 3, 3]],
  ] as const)('give %s by its own convention', async (interpolation, expected) => {
    const network = await assembledNetwork(
      draftOf([1, 4, 1], [
        convolution('first', 'x', 2, { kernel: 1, filters: [[1]] }),
        node('up', 'upsample2d', 'first', { attributes: { factor: [1, 2], interpolation } }),
        convolution('second', 'up', 2, { kernel: 1, filters: [[1]] }),
      ]), // prettier-ignore
    );
    const answer = await network.run({ x: line }, [{ node: 'second', stage: 'output' }]);
    expect([...(answer.get('second')?.values ?? [])]).toEqual([...expected]);
    network.close();
  });
});
