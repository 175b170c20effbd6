import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Vec3 } from '../../shared/geometry';

/** What the point under the cursor is worth. Null fields: there is nothing of the kind, or the point is outside of it. */
export interface Probe {
  readonly pointMm: Vec3;
  /** The image's own voxel, unblended. */
  readonly image: { readonly value: number; readonly unit: string } | null;
  /** Trilinear dose at the point; `value` null outside the outermost dose centres. */
  readonly dose: { readonly value: number | null; readonly unit: string; readonly percent: number | null } | null;
  /** The map's true cell; `value` null outside the map, NaN where it was not computed. */
  readonly map: {
    readonly name: string;
    readonly value: number | null;
    readonly unit: string;
    readonly signed: boolean;
    readonly cellMm: Vec3;
    /** Name of the label, for maps of labels. */
    readonly label: string | null;
  } | null;
  /** Names of the structures that hold the point, as sent. */
  readonly inside: readonly string[];
  /** The nearest other structure and its distance; null where none is near. */
  readonly nearest: { readonly name: string; readonly mm: number } | null;
}

/** What lies under the cursor, or at the cross-hair while it is over no view; null while no study is open. */
export const useProbe = defineStore('probe', () => {
  const probe = shallowRef<Probe | null>(null);
  /** The cursor is over a view. */
  const pointed = ref(false);
  return { probe, pointed };
});
