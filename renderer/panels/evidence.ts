import type { Component } from 'vue';
import type { Mode } from '../stores/workbench';
import CompareEvidence from './compare/CompareEvidence.vue';
import FiltersEvidence from './filters/FiltersEvidence.vue';
import KernelPane from './filters/KernelPane.vue';
import MapsEvidence from './maps/MapsEvidence.vue';
import OcclusionEvidence from './occlusion/OcclusionEvidence.vue';
import RobustnessEvidence from './robustness/RobustnessEvidence.vue';
import SearchEvidence from './search/SearchEvidence.vue';

interface Evidence {
  readonly component: Component;
  /** How high it wants to be in px. */
  readonly height: number;
  /** What takes the place of the network's views; those then stand where the plan was. */
  readonly pane?: Component;
  /** It can be shown of a network that has no recipe yet. */
  readonly ofNetwork?: true;
}

/** What lies at the bottom for each question that this version answers. */
export const evidence: Partial<Record<Mode, Evidence>> = {
  maps: { component: MapsEvidence, height: 328 },
  filters: { component: FiltersEvidence, height: 288, pane: KernelPane, ofNetwork: true },
  search: { component: SearchEvidence, height: 306 },
  occlusion: { component: OcclusionEvidence, height: 288 },
  robustness: { component: RobustnessEvidence, height: 300 },
  compare: { component: CompareEvidence, height: 306 },
};
