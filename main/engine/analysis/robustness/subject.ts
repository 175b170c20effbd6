import type { Vec3 } from '../../../../shared/geometry';
import type { Recipe } from '../../../../shared/recipe';
import type { Context, OpenInput } from '../analysis';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Study } from '../../study/study';
import type { Change } from './change';

/** An input in one state: as the network sees it, and the study that its truth is read from. */
export interface DegradedInput {
  readonly prepared: PreparedInput;
  readonly study: Study | null;
  /** Where the truth went, if it moved. */
  readonly change: Change;
  /** Of an array that moved: the same move of label numbers on its grid, voxel to nearest voxel. */
  readonly follow?: (map: Uint8Array) => Uint8Array;
}

/** One input that can be made worse again and again, each time from the clean one. */
export interface Subject {
  readonly input: OpenInput;
  readonly context: Context;
  readonly recipe: Recipe | null;
  /** Kinds of channels that the network reads. */
  readonly reads: ReadonlySet<'image' | 'dose' | 'structure'>;
  /** Modalities of the images; empty where nothing is known of an array. */
  readonly modalities: readonly string[];
  /** Severities can be taken in HU (or Gy, or the modality's unit): the recipe says what a network unit is. */
  readonly inUnits: boolean;
  readonly inMm: boolean;
  /** Spatial axes that the values have beside the batch: 3 where slices have neighbours. */
  readonly slices: number;
  /** The isocentre, else the middle of the first image. */
  readonly centreMm: Vec3;
  apply(change: Change, signal: AbortSignal): Promise<DegradedInput>;
}
