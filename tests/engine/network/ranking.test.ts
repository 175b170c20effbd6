import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { assemble } from '../../../main/engine/network/assemble';
import { HeldWeights } from '../../../main/engine/network/execute';
import { gradientOf } from '../../../main/engine/network/gradient';
import { openNetwork } from '../../../main/engine/network/open';
import { operationOf } from '../../../main/engine/network/operation/list';
import type { NodeCore } from '../../../main/engine/network/operation/operation';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { constant, field, graph, input, node, tensor } from './graphFiles';

await startBackend({ rung: 'native' });
const folder = mkdtempSync(join(tmpdir(), 'isolens-ranking-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const values = Float32Array.of(3, 9, 9, -1, 5, 2, /* second entry */ 0, 0, 7, 8, -4, 1);
const x = { shape: [2, 2, 3], values };

const ranked = (op: string, axis: number, count: number, smallest: boolean): NodeCore => ({
  name: 'top',
  op,
  inputs: ['x'],
  attributes: { axis, count, smallest },
  weights: [],
});

const run = (own: NodeCore): number[] =>
  tf.tidy(() => [
    ...operationOf(own.op)
      .run(own, [tf.tensor(values, [2, 2, 3])], {})
      .dataSync(),
  ]);

describe('the largest values along an axis', () => {
  it('stand in order, the first of equal ones first', () => {
    expect(run(ranked('topValues', 2, 2, false))).toEqual([9, 9, 5, 2, 7, 0, 8, 1]);
    expect(run(ranked('topPlaces', 2, 2, false))).toEqual([1, 2, 1, 2, 2, 0, 0, 2]);
    expect(run(ranked('topValues', 2, 1, true))).toEqual([3, -1, 0, -4]);
    expect(run(ranked('topPlaces', 2, 1, true))).toEqual([0, 0, 0, 1]);
    // Along the voxels, channel by channel.
    expect(run(ranked('topValues', 1, 1, false))).toEqual([3, 9, 9, 8, 0, 7]);
    expect(run(ranked('topPlaces', 1, 1, false))).toEqual([0, 0, 0, 1, 0, 0]);
  });

  it('hand their slopes back to where they stood', async () => {
    const own = ranked('topValues', 2, 2, false);
    const made = assemble({
      name: 'ranking',
      nodes: [{ name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] }, own],
      inputs: [{ name: 'x', node: 'x', shape: [null, 2, 3] }],
      outputs: [{ name: 'top', node: 'top' }],
    });
    const weights = new HeldWeights();
    const { gradients } = await gradientOf(made, weights, {
      accepted: new Map([['x', x]]),
      fetch: { node: 'top', stage: 'output' },
      cotangent: () => Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      wrt: ['x'],
    });
    weights.free();
    expect([...gradients.get('x')!.values]).toEqual([0, 1, 2, 0, 3, 4, 6, 0, 5, 7, 0, 8]);
  });

  it('are read from a graph of TensorFlow, both outputs', async () => {
    const bytes = graph(
      input('x', [1, 2, 3]),
      constant('k', tensor(3, [], field(7, [2]))),
      node('TopKV2', 'top', ['x', 'k']),
      node('Cast', 'places', ['top:1'], { SrcT: [48, 3], DstT: [48, 1] }),
      node('AddV2', 'y', ['top', 'places']),
    );
    writeFileSync(join(folder, 'top.pb'), bytes);
    const network = await openNetwork(join(folder, 'top.pb'));
    expect(network.description.unsupported).toEqual([]);
    const results = await network.run({ x }, [{ node: 'y', stage: 'output' }]);
    expect([...results.get('y')!.values]).toEqual([10, 11, 6, 4, 9, 0, 8, 3]);
    network.close();
  });
});
