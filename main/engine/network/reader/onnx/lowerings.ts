import { activationLowerings } from './activation';
import { arithmeticLowerings } from './arithmetic';
import { blockLowerings } from './blocks';
import { constantLowerings } from './constants';
import { convolutionLowerings } from './convolution';
import { matrixLowerings } from './matrix';
import { normalisationLowerings } from './normalisation';
import type { Lowering } from './operand';
import { poolingLowerings } from './pooling';
import { reductionLowerings } from './reduction';
import { reshapingLowerings } from './reshaping';
import { resizingLowerings } from './resizing';
import { slicingLowerings } from './slicing';

/** Every operation of ONNX that is read, by its name in the file. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map([
  ...convolutionLowerings,
  ...poolingLowerings,
  ...matrixLowerings,
  ...activationLowerings,
  ...arithmeticLowerings,
  ...normalisationLowerings,
  ...reductionLowerings,
  ...reshapingLowerings,
  ...slicingLowerings,
  ...resizingLowerings,
  ...blockLowerings,
  ...constantLowerings,
]);
