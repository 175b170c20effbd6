import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { bytesOf, casesOf, differences, onDisk } from './referenceCases';

await startBackend({ rung: 'native' });

describe.each([2, 3] as const)("equals Python's Keras %i on the native backend", (version) => {
  for (const reference of casesOf(version).filter((c) => c.network !== 'unknown')) {
    for (const file of reference.files) {
      it(`${file}: outputs and inner layers to 1e-5, parameters counted alike, no tensor left`, async () => {
        const before = tf.memory().numTensors;
        const found = await differences(reference, file);
        expect(Object.entries(found).filter(([, difference]) => !(difference <= 1e-5))).toEqual([]);
        expect(tf.memory().numTensors).toBe(before);
        const { path, remove } = onDisk(file.replace(/\.gz$/, ''), bytesOf(file));
        const network = await openNetwork(path);
        remove();
        expect(network.description.network.parameters).toBe(reference.parameters);
        expect(network.description.network.format).toBe(version === 3 ? 'keras3' : 'keras2');
        expect(network.description.unsupported).toEqual([]);
        network.close();
      });
    }
  }
});
