import { arithmeticLowerings } from './arithmetic';
import { controlLowerings } from './control';
import { joiningLowerings } from './joining';
import { matrixLowerings } from './matrix';
import { rearrangingLowerings } from './rearranging';
import { reshapingLowerings } from './reshaping';
import { slicingLowerings } from './slicing';
import type { Lowering } from './tracing';
import { windowLowerings } from './window';

/** Every operation of TensorFlow that is read, by its name in the file. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map([
  ...windowLowerings,
  ...arithmeticLowerings,
  ...reshapingLowerings,
  ...joiningLowerings,
  ...slicingLowerings,
  ...controlLowerings,
  ...rearrangingLowerings,
  ...matrixLowerings,
]);
