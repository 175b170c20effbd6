import { defineStore } from 'pinia';
import { reactive, ref, shallowRef } from 'vue';
import type { Vec3 } from '../../shared/geometry';

export type PaneSide = 'plan' | 'network';

/** Where a pane looks. Linked panes share one. */
export interface Camera {
  /** The patient point of the cross-hair, mm. */
  readonly pointMm: Vec3;
  /** 1 shows the whole picture. */
  readonly zoom: number;
  /** The patient point in the middle of every view, mm. */
  readonly centreMm: Vec3;
  /** Zoom and centre still follow the body and the size of the view. */
  readonly fitted: boolean;
  readonly level: number;
  readonly width: number;
}

export interface GreyPreset {
  readonly id: 'soft' | 'bone' | 'lung' | 'brain' | 'full';
  readonly level: number;
  readonly width: number;
}

/** Grey presets in the order of Ctrl+1 … Ctrl+4; the fifth, the full range, is the image's own. */
export const greyPresets: readonly GreyPreset[] = [
  { id: 'soft', level: 40, width: 400 },
  { id: 'bone', level: 400, width: 2000 },
  { id: 'lung', level: -600, width: 1500 },
  { id: 'brain', level: 40, width: 80 },
];

/** What of a study decides how its views begin. */
export interface Opening {
  readonly studyId: string;
  readonly centreMm: Vec3;
  readonly modality: string;
  /** Smallest and largest value of the image. */
  readonly range: readonly [number, number];
  readonly prescriptionGy: number | null;
  /** Largest dose of the plan; null where there is none. */
  readonly doseTopGy?: number | null;
  readonly hidden: readonly string[];
}

export interface Maximised {
  readonly side: PaneSide;
  /** Null: the whole pane. */
  readonly plane: 'axial' | 'coronal' | 'sagittal' | null;
}

/** The wash begins at 20 Gy, or at a quarter of a plan that goes to less than 40 Gy. */
const washFromGy = (topGy: number | null): number =>
  topGy === null || topGy >= 40 ? 20 : Math.max(0, Math.round(topGy / 4));

const smallestZoom = 0.25;
const largestZoom = 40;

/** Where the panes look and what they show: the state that two panes and six views share. */
/** A box along the patient's axes, at voxels' faces. *Units* mm. */
export interface MarkedBox {
  /** Whose it is: it is drawn in that study alone. */
  readonly studyId: string;
  readonly min: Vec3;
  readonly max: Vec3;
}

export const useView = defineStore('view', () => {
  const cameras = shallowRef<Readonly<Record<PaneSide, Camera>>>(
    (() => {
      const camera: Camera = { pointMm: [0, 0, 0], zoom: 1, centreMm: [0, 0, 0], fitted: true, level: 40, width: 400 };
      return { plan: camera, network: camera };
    })(),
  );
  const opened = shallowRef<Opening | null>(null);
  /** Grows when the views should fit the body anew. */
  const fittings = ref(0);
  /** Where the views of the open study began. */
  let begunMm: Vec3 | null = null;
  let start: { readonly studyId: string; readonly pointMm: Vec3 } | null = null;
  const linked = ref(true);
  /** The Network pane stands at the left. */
  const swapped = ref(false);
  /** Too narrow for three views beside each other: each pane shows one plane, by tabs. */
  const tabbed = ref(false);
  const tab = ref<'axial' | 'coronal' | 'sagittal'>('axial');
  const inverted = ref(false);
  const smoothing = ref(true);
  const shown = reactive({ image: true, contours: true, wash: true, isodoses: true, map: true });
  const opacity = reactive({ dose: 0.46, map: 0.8 });
  const thresholds = reactive({ doseGy: 20, map: 0 });
  const hiddenStructures = ref<ReadonlySet<string>>(new Set());
  const highlightedStructure = ref<string | null>(null);
  /** A box in the patient that something was found in, drawn in every view; null: none. */
  const marked = shallowRef<MarkedBox | null>(null);
  const maximised = shallowRef<Maximised | null>(null);
  const focused = shallowRef<{ side: PaneSide; plane: 'axial' | 'coronal' | 'sagittal' }>({
    side: 'plan',
    plane: 'axial',
  });

  const cameraOf = (side: PaneSide): Camera => cameras.value[side];

  function change(side: PaneSide, some: Partial<Camera>): void {
    const next = { ...cameras.value[side], ...some };
    cameras.value = linked.value ? { plan: next, network: next } : { ...cameras.value, [side]: next };
  }

  /** Starts the views of a study. A study that is open already keeps its place. */
  function open(opening: Opening): void {
    const again = opened.value?.studyId === opening.studyId;
    opened.value = opening;
    if (again) return;
    hiddenStructures.value = new Set(opening.hidden);
    // A plan of few Gy would be hidden whole.
    thresholds.doseGy = washFromGy(opening.doseTopGy ?? null);
    const [low, high] = opening.range;
    const grey =
      opening.modality === 'CT'
        ? { level: 40, width: 400 }
        : { level: (low + high) / 2, width: Math.max(high - low, 1) };
    const pointMm = start?.studyId === opening.studyId ? start.pointMm : opening.centreMm;
    begunMm = pointMm;
    const camera: Camera = { pointMm, zoom: 1, centreMm: opening.centreMm, fitted: true, ...grey };
    cameras.value = { plan: camera, network: camera };
    fittings.value++;
  }

  /** Where the views of a study begin, as long as the user has not moved them. */
  function startAt(studyId: string, pointMm: Vec3): void {
    start = { studyId, pointMm };
    if (opened.value?.studyId !== studyId || cameras.value.plan.pointMm !== begunMm) return;
    begunMm = pointMm;
    const { plan, network } = cameras.value;
    cameras.value = { plan: { ...plan, pointMm }, network: { ...network, pointMm } };
    fittings.value++;
  }

  function centreOn(pointMm: Vec3, side: PaneSide = 'plan'): void {
    change(side, { pointMm });
  }

  /** Zooms by a factor about a patient point, which stays where it is on the screen. */
  function zoomBy(factor: number, aboutMm: Vec3 | null, side: PaneSide = 'plan'): void {
    const { zoom, centreMm } = cameraOf(side);
    const next = Math.min(Math.max(zoom * factor, smallestZoom), largestZoom);
    const about = aboutMm ?? centreMm;
    const kept = zoom / next;
    const moved = (axis: 0 | 1 | 2): number => about[axis] + (centreMm[axis] - about[axis]) * kept;
    change(side, { zoom: next, centreMm: [moved(0), moved(1), moved(2)], fitted: false });
  }

  /** Shifts what the views show by patient millimetres. */
  function panBy(mm: Vec3, side: PaneSide = 'plan'): void {
    const { centreMm: c } = cameraOf(side);
    change(side, { centreMm: [c[0] + mm[0], c[1] + mm[1], c[2] + mm[2]], fitted: false });
  }

  /** Takes over what a view found to fit the body; ignored once the user has zoomed or panned. */
  function fit(zoom: number, centreMm: Vec3, side: PaneSide): void {
    if (cameraOf(side).fitted) change(side, { zoom, centreMm });
  }

  /** Zoom and pan follow the body and the size of the view again. */
  function refit(side: PaneSide = 'plan'): void {
    const centreMm = opened.value?.centreMm ?? cameraOf(side).centreMm;
    change(side, { zoom: 1, centreMm, fitted: true });
    fittings.value++;
  }

  function setGrey(level: number, width: number, side: PaneSide = 'plan'): void {
    change(side, { level, width: Math.max(1, width) });
  }

  function setPreset(id: GreyPreset['id'], side: PaneSide = 'plan'): void {
    const preset = greyPresets.find((one) => one.id === id);
    const [low, high] = opened.value?.range ?? [-1000, 1000];
    if (preset) setGrey(preset.level, preset.width, side);
    else setGrey((low + high) / 2, high - low, side);
  }

  /** Zoom, pan and grey scale as at the start; the cross-hair stays. */
  function reset(): void {
    const { plan, network } = cameras.value;
    const centreMm = opened.value?.centreMm ?? plan.centreMm;
    const first = { zoom: 1, centreMm, fitted: true };
    cameras.value = { plan: { ...plan, ...first }, network: { ...network, ...first } };
    if (opened.value?.modality === 'CT') for (const side of ['plan', 'network'] as const) setPreset('soft', side);
    else for (const side of ['plan', 'network'] as const) setPreset('full', side);
    maximised.value = null;
    fittings.value++;
  }

  function setLinked(next: boolean): void {
    linked.value = next;
    if (next) cameras.value = { plan: cameras.value.plan, network: cameras.value.plan };
  }

  function setStructureShown(name: string, isShown: boolean): void {
    const next = new Set(hiddenStructures.value);
    if (isShown) next.delete(name);
    else next.add(name);
    hiddenStructures.value = next;
  }

  /** Shows one structure alone. */
  function showOnly(name: string, all: readonly string[]): void {
    hiddenStructures.value = new Set(all.filter((other) => other !== name));
  }

  return {
    cameras,
    fittings,
    opened,
    linked,
    swapped,
    tabbed,
    tab,
    inverted,
    smoothing,
    shown,
    opacity,
    thresholds,
    hiddenStructures,
    highlightedStructure,
    marked,
    maximised,
    focused,
    cameraOf,
    open,
    startAt,
    centreOn,
    zoomBy,
    panBy,
    fit,
    refit,
    setGrey,
    setPreset,
    reset,
    setLinked,
    setStructureShown,
    showOnly,
  };
});
