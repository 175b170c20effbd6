import type { Vec3 } from '../../../shared/geometry';
import type { Problem } from '../../../shared/problem/problem';
import type { StructureSet } from '../../../shared/structure';
import type { StudySummary, PlanShape } from '../../../shared/study';
import type { z } from 'zod';
import type { Volume } from '../../../shared/volume';
import type { PlanningHistogram } from '../dicom/planningHistograms';

/** A CT or MR stack on its own (possibly sheared or oblique) grid, sorted along its normal. Values are rescaled (HU for CT). */
export interface ImageVolume extends Volume<Int16Array | Float32Array> {
  readonly seriesUid: string;
  readonly modality: string;
  /** SHA-256 over the sorted SOP instance UIDs and the pixel bytes. */
  readonly sha256: string;
  /** Positions (mm along the normal) at which a slice is missing; on the grid they hold linear interpolation. */
  readonly gapsMm: readonly number[];
  /** Smallest and largest value, padding left out. */
  readonly range: readonly [number, number];
  readonly notes: readonly Problem[];
}

/** A series whose header has been read and whose pixels have not. */
export interface ImageSeries {
  readonly uid: string;
  readonly modality: string;
  readonly frameOfReference: string;
  readonly sliceCount: number;
  readonly label: string;
  readonly notes: readonly Problem[];
  load(signal?: AbortSignal): Promise<ImageVolume>;
}

/** An RTDOSE. `volume.values` are Gy (or % when relative); between its centres it is trilinear, beyond them unknown (NaN). */
export interface Dose {
  readonly uid: string;
  readonly volume: Volume<Float32Array>;
  readonly maximum: number;
  readonly doseType: string;
  readonly summationType: string;
  readonly planUid: string | null;
  /** The planning system's own histograms, and the structure set that their numbers are of. */
  readonly planning?: { readonly structureSetUid: string; readonly histograms: readonly PlanningHistogram[] };
  /** The plan's beam that it is of, where it is of one. */
  readonly beamNumber: number | null;
  readonly label: string;
  /** The user chose it, whatever it sums up. */
  readonly chosen?: boolean;
  readonly notes: readonly Problem[];
}

export interface Plan {
  readonly uid: string;
  readonly structureSetUid: string | null;
  readonly shape: z.infer<typeof PlanShape>;
  readonly isocentresMm: readonly Vec3[];
  readonly notes: readonly Problem[];
}

/**
 * What belongs to one patient and one frame of reference, linked by UIDs. The first of each list is the active one by the
 * rules of linking; `images` are sorted by number of slices, falling.
 */
export interface Study {
  readonly summary: StudySummary;
  readonly images: readonly ImageSeries[];
  readonly structureSets: readonly (StructureSet & { readonly referencedSeriesUid: string | null })[];
  readonly doses: readonly Dose[];
  readonly plans: readonly Plan[];
  readonly notes: readonly Problem[];
}
