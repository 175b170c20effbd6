import type { FamilyId } from '../../../../shared/analysis/robustnessFamilies';
import type { Family } from './family';
import { blur } from './family/blur';
import { contourMargin } from './family/contourMargin';
import { couch } from './family/couch';
import { ctNoise } from './family/ctNoise';
import { deepfool } from './family/deepfool';
import { doseGrid, doseScale, doseShift } from './family/dose';
import { fgsm } from './family/fgsm';
import { lowDose } from './family/lowDose';
import { metadata } from './family/metadata';
import { metal } from './family/metal';
import { biasField, rician } from './family/mr';
import { offset } from './family/offset';
import { pgd } from './family/pgd';
import { resampling } from './family/resample';
import { ring } from './family/ring';
import { rotation, shift } from './family/shift';
import { sliceThickness } from './family/sliceThickness';
import { slope } from './family/slope';
import { truncation } from './family/truncation';
import { whiteNoise } from './family/whiteNoise';

/** Every family that can be applied. Adding one touches its file and this list. */
const families: readonly Family[] = [
  whiteNoise,
  ctNoise,
  lowDose,
  offset,
  slope,
  blur,
  sliceThickness,
  resampling,
  ring,
  metal,
  truncation,
  couch,
  shift,
  rotation,
  doseScale,
  doseShift,
  doseGrid,
  contourMargin,
  biasField,
  rician,
  metadata,
  fgsm,
  pgd,
  deepfool,
];

export const familyOf = (id: FamilyId): Family => {
  const found = families.find((family) => family.id === id);
  if (found === undefined) throw new Error(`the family ${id} has no file`);
  return found;
};
