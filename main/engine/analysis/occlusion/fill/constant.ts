import { boxVolume } from '../box';
import type { Fill, PreparedFill } from './fill';

/** One value everywhere, in network units. */
export function constantFill(name: string, valueOf: (values: Float32Array) => number): Fill {
  return {
    name,
    draws: 1,
    prepare({ values }): PreparedFill {
      const value = valueOf(values);
      return {
        box: (box) => new Float32Array(boxVolume(box)).fill(value),
        region: (hidden) => values.map((own, v) => (hidden[v] === 1 ? value : own)),
      };
    },
  };
}
