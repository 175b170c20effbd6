import type { Volume } from '../../../shared/volume';

/** A patient as the training sees one: the CT, and one mask a label from label 1 on, on its grid; null where nobody drew it. */
export interface TrainingPatient {
  readonly id: string;
  readonly ct: Volume<Int16Array>;
  readonly masks: readonly (Uint8Array | null)[];
}
