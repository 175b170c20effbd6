import { ready } from '../../cuttable';
import { crop } from '../box';
import type { Fill } from './fill';

/** What another patient has at the same place. `donor`: the channel of the donor's input, all entries, network units. Source: methods §1.4, fills. */
export function donorFill(name: string, donor: Float32Array): Fill {
  return {
    name,
    draws: 1,
    prepare({ values, sizes, offset = 0 }) {
      const own = donor.subarray(offset, offset + values.length);
      return ready({
        box: (box) => ready(crop(own, sizes, box)),
        region: (hidden) => ready(values.map((value, v) => (hidden[v] === 1 ? (own[v] ?? NaN) : value))),
      });
    },
  };
}
