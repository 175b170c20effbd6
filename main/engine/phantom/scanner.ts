import { randomOf } from './random';

/** How the made-up scan was taken; it sets the noise and stands in the CT's tags. */
export interface Scanner {
  readonly manufacturer: string;
  readonly model: string;
  readonly kvp: 100 | 120 | 140;
  readonly mAs: number;
  readonly kernel: 'SOFT' | 'STANDARD' | 'DETAIL';
  /** Frequency of the noise's fall-off, /mm. */
  readonly cutoffPerMm: number;
  readonly sliceMm: 2 | 2.5 | 3;
  /** Standard deviation in the brain, HU. */
  readonly noiseHU: number;
  /** Largest HU that this scanner writes. */
  readonly clipHU: 2976 | 3071 | 3095;
}

const kernels = [
  { kernel: 'SOFT', cutoffPerMm: 0.25, gain: 0.85 },
  { kernel: 'STANDARD', cutoffPerMm: 0.36, gain: 1 },
  { kernel: 'DETAIL', cutoffPerMm: 0.55, gain: 1.5 },
] as const;

export function scannerOf(seed: number, sliceMm?: Scanner['sliceMm']): Scanner {
  const random = randomOf(seed, 'scanner');
  const { kernel, cutoffPerMm, gain } = random.pick([kernels[0], kernels[1], kernels[1], kernels[2]]);
  const kvp = random.pick([120, 120, 120, 120, 140, 100] as const);
  const mAs = Math.round(random.between(140, 380));
  const drawn = random.pick([2.5, 2.5, 3, 3] as const);
  const mm = sliceMm ?? drawn;
  const [manufacturer, model] = random.pick([
    ['SYNTHETIC A', 'PHANTOM CT 64'],
    ['SYNTHETIC B', 'PHANTOM CT BIG BORE'],
    ['SYNTHETIC C', 'PHANTOM CT 16'],
  ] as const);
  return {
    manufacturer,
    model,
    kvp,
    mAs,
    kernel,
    cutoffPerMm,
    sliceMm: mm,
    // Quanta fall with mAs and slice, and with kVP to the power of about 2.5 behind a head.
    noiseHU: 8.6 * gain * Math.sqrt(250 / mAs) * Math.sqrt(2.5 / mm) * (120 / kvp) ** 1.25,
    clipHU: random.pick([2976, 2976, 3071, 3071, 3095] as const),
  };
}
