import { ready } from '../../cuttable';
import { boxVolume, type Box } from '../box';
import type { Fill } from './fill';

/** One value everywhere, in network units. */
export function constantFill(name: string, valueOf: (values: Float32Array) => number): Fill {
  return {
    name,
    draws: 1,
    prepare({ values }) {
      const value = valueOf(values);
      return ready({
        box: (box: Box) => ready(new Float32Array(boxVolume(box)).fill(value)),
        region: (hidden: Uint8Array) => ready(values.map((own, v) => (hidden[v] === 1 ? value : own))),
      });
    },
  };
}
