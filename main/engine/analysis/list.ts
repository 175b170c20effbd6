import type { Analysis } from './analysis';
import { filters } from './filters/filters';
import { maps } from './maps/maps';
import { occlusion } from './occlusion/occlusion';
import { predict } from './predict/predict';
import { search } from './search/search';
import { compare } from './compare/compare';
import { robustness } from './robustness/robustness';

/** Every analysis that can run. Adding one touches its folder and this line. */
export const analyses: readonly Analysis[] = [predict, maps, filters, search, occlusion, robustness, compare];
