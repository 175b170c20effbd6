import type { FamilyId } from '../../../../shared/analysis/robustnessFamilies';
import type { Family } from './family';
import { blur } from './family/blur';
import { offset } from './family/offset';
import { slope } from './family/slope';
import { whiteNoise } from './family/whiteNoise';

/** Every family that can be applied. Adding one touches its file and this list. */
const families: readonly Family[] = [whiteNoise, offset, slope, blur];

export const familyOf = (id: FamilyId): Family | null => families.find((family) => family.id === id) ?? null;
