import type { Overlay } from './overlay';
import { stepsFrom, type Tint } from './tint';
import type { ColourMap } from '../../shared/colourMaps';

/** The colour map of each kind of overlay. Labels have their own colours. */
export const mapOfKind: Readonly<Record<Exclude<Overlay['kind'], 'labels'>, ColourMap>> = {
  support: 'diverging',
  difference: 'diverging',
  activation: 'sequential',
  dose: 'dose',
  input: 'grey',
};

/** Kinds whose sign matters: zero in the middle of the scale, both ends equally far from it. */
export const isSigned = (kind: Overlay['kind']): boolean => kind === 'support' || kind === 'difference';

/** The ends of an overlay's colour scale; symmetric about zero for signed kinds. */
export function scaleEnds({ kind, range: [low, high] }: Overlay): readonly [number, number] {
  if (!isSigned(kind)) return kind === 'activation' || kind === 'dose' ? [0, high > 0 ? high : 1] : [low, high];
  const end = Math.max(Math.abs(low), Math.abs(high));
  return end > 0 ? [-end, end] : [-1, 1];
}

/** Opacity grows with the size of a signed value, so that zero shows the image; soon full, so that colours stay true. */
const signedSteps = stepsFrom('diverging', (t) => Math.abs(2 * t - 1) ** 0.7);
const activationSteps = stepsFrom('sequential', (t) => t * 3);
const plainSteps = { dose: stepsFrom('dose', () => 1), grey: stepsFrom('grey', () => 1) } as const;

const fillOpacity = 0.45;
const labelStepCount = 256;

/** Red, green, blue of a CSS colour, read back from a canvas so that every notation is understood. */
function channelsOf(colour: string): readonly [number, number, number] {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context) return [255, 255, 255];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r ?? 255, g ?? 255, b ?? 255];
}

function labelTint(overlay: Overlay): Tint {
  const steps = new Uint32Array(labelStepCount);
  const bytes = new Uint8ClampedArray(steps.buffer);
  (overlay.labels ?? []).forEach(({ colour }, label) => {
    if (label > 0 && label < labelStepCount) bytes.set([...channelsOf(colour), 255 * fillOpacity], label * 4);
  });
  return { low: 0, high: labelStepCount - 1, steps, hiddenBelow: 0.5 };
}

/** How an overlay is coloured; values less far from zero than the threshold are clear. */
export function heatTint(overlay: Overlay, threshold: number): Tint {
  const [low, high] = scaleEnds(overlay);
  const hiddenBelow = Math.max(threshold, 0);
  switch (overlay.kind) {
    case 'support':
    case 'difference':
      return { low, high, steps: signedSteps, hiddenBelow };
    case 'activation':
      return { low, high, steps: activationSteps, hiddenBelow };
    case 'dose':
      return { low, high, steps: plainSteps.dose, hiddenBelow: Math.max(hiddenBelow, 1e-6) };
    case 'input':
      return { low, high, steps: plainSteps.grey, hiddenBelow: 0 };
    case 'labels':
      return labelTint(overlay);
  }
}
