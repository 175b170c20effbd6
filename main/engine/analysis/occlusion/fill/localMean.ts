import { ready } from '../../cuttable';
import { boxVolume, type Box } from '../box';
import type { Fill } from './fill';
import { meanOf } from './mean';
import { shellOfBox, shellOfRegion } from './shell';

/** The mean of the shell around what is hidden: 5 mm thick, 2 voxels for arrays. */
export const localMeanFill: Fill = {
  name: 'local-mean',
  draws: 1,
  prepare: (image) =>
    ready({
      box: (box: Box) => ready(new Float32Array(boxVolume(box)).fill(meanOf(shellOfBox(image, box)))),
      *region(hidden: Uint8Array) {
        const value = meanOf(yield* shellOfRegion(image, hidden));
        return image.values.map((own, v) => (hidden[v] === 1 ? value : own));
      },
    }),
};
