import { activationLowerings } from './activation';
import { constantLowerings } from './constants';
import { convolutionLowerings } from './convolution';
import { matrixLowerings } from './matrix';
import type { Lowering } from './operand';
import { poolingLowerings } from './pooling';
import { reshapingLowerings } from './reshaping';

/** Every operation of ONNX that is read, by its name in the file. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map([
  ...convolutionLowerings,
  ...poolingLowerings,
  ...matrixLowerings,
  ...activationLowerings,
  ...reshapingLowerings,
  ...constantLowerings,
]);
