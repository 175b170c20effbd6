import type { Component } from 'vue';
import type { Mode } from '../stores/workbench';
import MapsEvidence from './maps/MapsEvidence.vue';
import OcclusionEvidence from './occlusion/OcclusionEvidence.vue';

/** What lies at the bottom for each question that this version answers, and how high it wants to be in px. */
export const evidence: Partial<Record<Mode, { readonly component: Component; readonly height: number }>> = {
  maps: { component: MapsEvidence, height: 328 },
  occlusion: { component: OcclusionEvidence, height: 288 },
};
