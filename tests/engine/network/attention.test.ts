import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { distance, runAll, unzipped, type GraphCase } from './graphCases';
import { largestDifference, unpacked } from './referenceCases';

await startBackend({ rung: 'native' });

describe.each(['attention-keras2.zip', 'attention-keras3.zip'])(
  '%s: heads by Einsum, in a plane and a sequence',
  (zip) => {
    it("equals Python's at every node", async () => {
      const { folder, remove } = unzipped(zip);
      const before = tf.memory().numTensors;
      try {
        const reference = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as GraphCase;
        const path = join(folder, 'frozen.pb');
        const network = await openNetwork(path);
        expect(network.description.unsupported).toEqual([]);
        network.close();
        const { result, inner } = await runAll(path, reference);
        expect(largestDifference(result, unpacked(reference.result!))).toBeLessThan(1e-5);
        const far = [...inner].map(([name, own]) => [name, distance(own, reference.nodes![name]!)] as const);
        expect(far.filter(([, d]) => !(d < 1e-5))).toEqual([]);
        expect([...inner.keys()].filter((name) => /einsum/i.test(name)).length).toBeGreaterThanOrEqual(9);
      } finally {
        remove();
      }
      expect(tf.memory().numTensors).toBe(before);
    });
  },
);
