import type { Analysis } from './analysis';
import { maps } from './maps/maps';

/** Every analysis that can run. Adding one touches its folder and this line. */
export const analyses: readonly Analysis[] = [maps as Analysis];
