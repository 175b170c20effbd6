import { clamp } from './curve';
import { randomOf } from './random';

/**
 * What differs from one person to the next. Standard normal unless a unit is in the name. The spreads are the measured
 * ones of 42 patients, wider for neck, shoulders and targets than a first recipe had them.
 * Source: population statistics over OpenKBP, Babier et al., Med. Phys. 48 (2021) 5549.
 */
export interface Person {
  readonly seed: number;
  readonly headSize: number;
  /** Head lengths over the mean ones. */
  readonly headFactor: number;
  readonly fatness: number;
  /** Thickness of the fat under the skin over the mean one. */
  readonly fatFactor: number;
  readonly neckFactor: number;
  readonly shoulderFactor: number;
  /** Height of the shoulder line, mm up. */
  readonly shoulderUpMm: number;
  readonly pitchDegrees: number;
  readonly rollDegrees: number;
  readonly yawDegrees: number;
  readonly lateralMm: number;
  readonly muscleHU: number;
  readonly fatHU: number;
  readonly contrast: boolean;
  readonly boneFactor: number;
}

export function personOf(seed: number): Person {
  const random = randomOf(seed, 'person');
  const headSize = random.bounded(2.2);
  const fatness = 0.4 * headSize + 0.9 * random.bounded(2.2);
  const neck = 0.5 * fatness + 0.8 * random.bounded(2.2);
  const shoulder = 0.4 * headSize + 0.9 * random.bounded(2.2);
  return {
    seed,
    headSize,
    headFactor: 1 + 0.045 * headSize,
    fatness,
    fatFactor: clamp(1 + 0.45 * fatness, 0.25, 2.4),
    neckFactor: clamp(1 + 0.12 * neck, 0.78, 1.35),
    shoulderFactor: clamp(1.02 + 0.085 * shoulder, 0.84, 1.22),
    shoulderUpMm: 9 * random.bounded(2),
    pitchDegrees: 5.5 * random.bounded(2.2),
    rollDegrees: 2 * random.bounded(2.5),
    yawDegrees: 2 * random.bounded(2.5),
    lateralMm: 2 * random.bounded(2.5),
    muscleHU: 50 + 8 * random.bounded(2.2),
    fatHU: -100 + 6 * random.bounded(2.2),
    contrast: random.chance(0.4),
    boneFactor: 1 + 0.16 * random.bounded(2.2),
  };
}
