import type { AnalysisDefinition } from './definition';
import { maps } from './maps';

/** Every analysis, in the order in which the window asks its questions. */
export const analysisDefinitions: readonly AnalysisDefinition[] = [maps];
