import type { AnalysisDefinition } from './definition';
import { compare } from './compare';
import { filters } from './filters';
import { maps } from './maps';
import { occlusion } from './occlusion';
import { predict } from './predict';
import { search } from './search';
import { robustness } from './robustness';

/** Every analysis, in the order in which the window asks its questions. */
export const analysisDefinitions: readonly AnalysisDefinition[] = [
  predict,
  maps,
  filters,
  search,
  occlusion,
  robustness,
  compare,
];
