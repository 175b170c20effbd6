import type { FillChoice } from '../../../../../shared/analysis/occlusion';
import { blurFill } from './blur';
import { constantFill } from './constant';
import type { Fill } from './fill';
import { harmonicFill } from './harmonic';
import { localMeanFill } from './localMean';
import { meanFill, meanOf } from './mean';
import { noiseFill } from './noise';

/** The three fillings of the structure game. Source: methods §1.4, fills 1 to 3. */
export const gameFills: readonly Fill[] = [localMeanFill, blurFill, harmonicFill];

/** As files name it: a constant by its value where there are several. */
export const fillName = (choice: FillChoice): string =>
  typeof choice === 'string' ? choice : `constant ${String(choice.constant)}`;

/**
 * The filling of a job's word for one channel of the network's input. `toUnits` turns HU into network units, null for arrays; `whole` are the channel's
 * values over the whole input, all planes of a 2D network.
 */
export function fillOf(
  choice: FillChoice,
  { toUnits, whole, draws }: { toUnits: ((hu: number) => number) | null; whole: Float32Array; draws: number },
): Fill {
  if (typeof choice !== 'string') {
    const value = toUnits ? toUnits(choice.constant) : choice.constant;
    return constantFill(fillName(choice), () => value);
  }
  switch (choice) {
    case 'mean':
      return meanFill(() => meanOf(whole));
    case 'local-mean':
      return localMeanFill;
    case 'blur':
      return blurFill;
    case 'noise':
      return noiseFill(draws);
    case 'harmonic':
      return harmonicFill;
  }
}
