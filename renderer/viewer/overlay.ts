import type { Words } from '../../shared/words';
import type { BlobVolume } from '../../shared/study';

/**
 * A map laid on the Network pane's CT. `support`: signed, diverging, symmetric about 0. `activation`: sequential from 0.
 * `labels`: whole numbers, drawn as filled regions. `dose`: Gy. `difference`: signed Gy. `input`: what the network sees, grey.
 */
export interface Overlay {
  readonly kind: 'support' | 'activation' | 'labels' | 'dose' | 'difference' | 'input';
  readonly volume: BlobVolume;
  readonly name: Words;
  readonly unit: string;
  /** Ends of the colour scale; symmetric for signed kinds. */
  readonly range: readonly [number, number];
  /** For `labels`: name and colour (CSS) of label 0, 1, … ; label 0 is background and stays clear. */
  readonly labels?: readonly { readonly name: string; readonly colour: string }[];
}

/**
 * Whether a map may be laid on an image. A map read back from a results folder carries no frame of reference, since a UID may
 * identify a patient; it is only ever handed over for the study that its result belongs to, whose frame it then has.
 */
export const liesInFrame = ({ volume }: Overlay, frameOfReference: string | undefined): boolean =>
  volume.frameOfReference === '' || volume.frameOfReference === frameOfReference;
