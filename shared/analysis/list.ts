import type { AnalysisDefinition } from './definition';
import { maps } from './maps';
import { predict } from './predict';

/** Every analysis, in the order in which the window asks its questions (`predict` has no tab). */
export const analysisDefinitions: readonly AnalysisDefinition[] = [predict, maps];
