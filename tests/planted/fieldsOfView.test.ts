import { describe, expect, it } from 'vitest';
import { boxesSeen, receptiveFieldOf } from '../../main/engine/analysis/receptiveField';
import { assembledNetwork } from '../engine/analysis/assembledNetwork';
import { arrayInput, contextOf } from '../engine/analysis/writtenNetwork';
import { occlude } from '../engine/analysis/occlusion/run';
import { chanceOf, sum } from './chance';
import { fieldNetworks } from './fieldsOfView';
import { Tally } from './tally';

function indexOf(v: number, sizes: readonly number[]): number[] {
  const index: number[] = [];
  let rest = v;
  for (const size of [...sizes].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

describe('what a voxel sees of chains whose closed form is written (P10)', () => {
  it('is the box of the closed form, and hiding a voxel moves the answer in it and nowhere else', async () => {
    const boxes = new Tally();
    const hidden = new Tally();
    for (const { name, shape, draft, node, voxel, box, size } of fieldNetworks()) {
      boxes.networks += 1;
      const network = await assembledNetwork(draft);
      const sizes = shape.slice(0, -1);
      const inside = (index: readonly number[]): boolean =>
        index.every((i, axis) => i >= box.start[axis]! && i < box.end[axis]!);

      const { cut } = boxesSeen(network, [1, ...shape])(node, voxel);
      const field = receptiveFieldOf(network, node);
      expect(field?.size, name).toEqual(sizes.map(() => size));

      const chance = chanceOf(boxes.networks);
      const count = sizes.reduce((all, n) => all * n, 1);
      const values = Float32Array.from({ length: count }, () => chance.between(1, 2));
      const { drops, values: found } = await occlude(arrayInput(values, shape), contextOf(network), {
        windowVoxels: 1,
        strideVoxels: 1,
        fill: { constant: 0 },
        target: { output: 0, channel: 0, voxel },
        game: false,
      });
      expect(found.computed, name).toBe(count);
      for (let v = 0; v < count; v++) {
        const index = indexOf(v, sizes);
        const truth = inside(index) ? 'seen' : 'not seen';
        const said = index.every((i, axis) => i >= cut.start[axis]! && i < cut.end[axis]!) ? 'seen' : 'not seen';
        boxes.add(truth, said, name);
        // Exactly 0 outside, no tolerance.
        hidden.add(truth, drops[v] === 0 ? 'not seen' : 'seen', name);
      }
      // Affine with no bias and everything hidden to 0, one voxel at a time: the drops add up to the answer.
      expect(sum(drops) / (found.baseline ?? NaN), name).toBeCloseTo(1, 4);
      network.close();
    }
    hidden.networks = boxes.networks;
    boxes.print('receptive fields, voxel by voxel');
    hidden.print('hiding one voxel');
    expect(boxes.wrong()).toEqual([]);
    expect(hidden.wrong()).toEqual([]);
  });
});
