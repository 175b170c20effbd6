import type { Analysis } from './analysis';
import { maps } from './maps/maps';
import { occlusion } from './occlusion/occlusion';
import { predict } from './predict/predict';

/** Every analysis that can run. Adding one touches its folder and this line. */
export const analyses: readonly Analysis[] = [predict, maps, occlusion];
