import { defineStore } from 'pinia';
import { shallowRef, toRaw, watch } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { Vec3 } from '../../shared/geometry';
import { problemOf } from '../../shared/problem/problem';
import { ask } from '../bridge/bridge';
import { useNetworks } from './networks';
import { useParameters } from './parameters';
import { useProbe } from './probe';
import { useProblems } from './problems';
import { useStudies } from './studies';
import { useView, type MarkedBox } from './view';

export type Hidden = NonNullable<Gives<'engine/probe'>>;

/** While a key is held, the window under the cursor is hidden from the network, and what that does is told. */
export const useHiding = defineStore('hiding', () => {
  const networks = useNetworks();
  const studies = useStudies();
  const parameters = useParameters();
  const probe = useProbe();
  const problems = useProblems();
  const view = useView();
  const active = shallowRef(false);
  const found = shallowRef<Hidden | null>(null);
  let before: MarkedBox | null = null;
  let asking = false;
  let next: Vec3 | null = null;

  const held = (): boolean => active.value;

  /** The last place asked for is the next one answered: those passed over meanwhile are not. */
  async function answer(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      for (let point = next; held() && point; point = next) {
        next = null;
        const network = networks.current;
        const study = studies.detail;
        if (!network?.recipe || !study) break;
        const hidden = await ask('engine/probe', {
          network: network.id,
          study: study.id,
          parameters: toRaw(parameters.of('occlusion')),
          pointMm: [...point],
        });
        if (!held()) break;
        found.value = hidden;
        view.marked = hidden ? { studyId: study.id, ...hidden.boxMm } : null;
      }
    } catch (thrown) {
      stop();
      problems.show(problemOf(thrown));
    } finally {
      asking = false;
    }
  }

  function hide(point: Vec3): void {
    next = point;
    void answer();
  }

  function start(): void {
    if (active.value || !networks.current?.recipe || !studies.detail) return;
    active.value = true;
    found.value = null;
    before = view.marked;
    hide(probe.probe?.pointMm ?? view.cameraOf('plan').pointMm);
  }

  function stop(): void {
    if (!active.value) return;
    active.value = false;
    found.value = null;
    next = null;
    view.marked = before;
  }

  watch(
    () => probe.probe?.pointMm,
    (point) => {
      if (active.value && point) hide(point);
    },
  );

  return { active, found, start, stop };
});
