import type { AnalysisDefinition } from './definition';
import { maps } from './maps';
import { occlusion } from './occlusion';
import { predict } from './predict';

/** Every analysis, in the order in which the window asks its questions. */
export const analysisDefinitions: readonly AnalysisDefinition[] = [predict, maps, occlusion];
