import { describe, expect, it } from 'vitest';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { casesOf, differences } from './referenceCases';

const backend = await startBackend({ rung: 'wasm' });

describe.each([2, 3] as const)("equals Python's Keras %i on the WASM backend", (version) => {
  for (const reference of casesOf(version).filter((c) => c.network !== 'unknown')) {
    it(`${reference.network}: outputs and inner layers to 1e-5, no tensor left`, async () => {
      expect(backend.rung).toBe('wasm');
      const before = tf.memory().numTensors;
      const found = await differences(reference, reference.files[0]!);
      expect(Object.entries(found).filter(([, difference]) => !(difference <= 1e-5))).toEqual([]);
      expect(tf.memory().numTensors).toBe(before);
    });
  }
});
