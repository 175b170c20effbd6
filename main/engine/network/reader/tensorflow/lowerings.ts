import { arithmeticLowerings } from './arithmetic';
import { matrixLowerings } from './matrix';
import { rearrangingLowerings } from './rearranging';
import type { Lowering } from './tracing';
import { windowLowerings } from './window';

/** Every operation of TensorFlow that is read, by its name in the file. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map([
  ...windowLowerings,
  ...arithmeticLowerings,
  ...rearrangingLowerings,
  ...matrixLowerings,
]);
