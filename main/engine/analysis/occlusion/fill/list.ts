import type { FillChoice } from '../../../../../shared/analysis/occlusion';
import { blurFill } from './blur';
import { constantFill } from './constant';
import { donorFill } from './donor';
import type { Fill } from './fill';
import { harmonicFill } from './harmonic';
import { localMeanFill } from './localMean';
import { meanFill, meanOf } from './mean';
import { noiseFill } from './noise';

/** The three fillings of the structure game. Source: methods §1.4, fills 1 to 3. */
export const gameFills: readonly Fill[] = [localMeanFill, blurFill, harmonicFill];

/** As files name it: a constant by its value, a donor by its name, where there are several. */
export const fillName = (choice: FillChoice): string =>
  typeof choice === 'string'
    ? choice
    : 'donor' in choice
      ? `donor ${choice.donor}`
      : `constant ${String(choice.constant)}`;

/** What a filling of one channel may need to know. */
interface FillSource {
  /** HU into network units; null for arrays. */
  readonly toUnits: ((hu: number) => number) | null;
  /** The channel's values over the whole input, all planes of a 2D network. */
  readonly whole: () => Float32Array;
  /** The same channel of another patient. */
  readonly donor: (name: string) => Float32Array;
  readonly draws: number;
}

/** The filling of a job's word for one channel of the network's input. */
export function fillOf(choice: FillChoice, { toUnits, whole, donor, draws }: FillSource): Fill {
  if (typeof choice !== 'string') {
    if ('donor' in choice) return donorFill(fillName(choice), donor(choice.donor));
    const value = toUnits ? toUnits(choice.constant) : choice.constant;
    return constantFill(fillName(choice), () => value);
  }
  switch (choice) {
    case 'mean':
      return meanFill(() => meanOf(whole()));
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
