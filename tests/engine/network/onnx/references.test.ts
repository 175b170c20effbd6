import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../../../main/engine/network/open';
import { startBackend, tf } from '../../../../main/engine/network/tensorflow';
import { onDisk, unpacked } from '../referenceCases';
import { arrays, casesIn, wrongOutputs } from './onnxCases';
import { farthest, fed, reordered } from './onnxValues';

await startBackend({ rung: 'native' });

describe('single operations equal ONNX Runtime', () => {
  it.each(casesIn('operations.json.gz').map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const before = tf.memory().numTensors;
    expect(await wrongOutputs(one)).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('networks equal ONNX Runtime, output and every inner node', () => {
  it.each(casesIn('networks.json.gz').map((one) => [one.name, one] as const))('%s', async (name, one) => {
    expect(await wrongOutputs(one)).toEqual([]);
    const { path, remove } = onDisk(`${name}.onnx`, Buffer.from(one.model, 'base64'));
    const network = await openNetwork(path).finally(remove);
    const inner = Object.entries(one.inner!);
    const results = await network.run(
      fed(network.graph, arrays(one.inputs)),
      inner.map(([node]) => ({ node, stage: 'output' as const })),
    );
    const wrong = inner.filter(([node, packed]) => {
      const wanted = unpacked(packed);
      const { shape } = results.get(node)!;
      // Which of the file's axes the channels are is not told of inner nodes: the one that makes the sizes fit.
      return !orders(wanted.shape.length).some((order) => {
        const turned = reordered(wanted, order);
        return turned.shape.join() === shape.join() && farthest(results.get(node)!, turned) <= 1e-5;
      });
    });
    expect(wrong.map(([node]) => node)).toEqual([]);
    network.close();
  });
});

/** Channels moved to the end from each axis in turn. */
const orders = (rank: number): number[][] =>
  Array.from({ length: Math.max(1, rank - 1) }, (_, c) => [
    ...Array.from({ length: rank }, (_unused, a) => a).filter((a) => a !== c + 1 || rank === 1),
    ...(rank === 1 ? [] : [c + 1]),
  ]);
