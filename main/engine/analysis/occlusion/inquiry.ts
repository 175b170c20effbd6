import type { FillChoice, OcclusionParameters, OcclusionValues } from '../../../../shared/analysis/occlusion';
import type { Warning } from '../../../../shared/result';
import type { Context, OpenInput, Step } from '../analysis';
import type { FeatureRows } from './featureRows';
import type { FillMeans } from './hide';
import type { HidingSetting } from './hiding';
import type { LatticeOnInput, LatticeRun } from './places';
import type { Anatomy } from './ranking';
import type { ScoreReader } from './reader';
import type { Scoring } from './score';

/** What an occlusion finds beside its map and the verdict's game. */
export type Further = Pick<
  OcclusionValues,
  'structurePlay' | 'localisation' | 'profile' | 'dependence' | 'randomisation' | 'databaseDistance' | 'donors'
>;

export interface FurtherSetting extends Omit<HidingSetting, 'players'> {
  readonly input: OpenInput;
  readonly analysis: Context;
  readonly parameters: OcclusionParameters;
  readonly choices: readonly FillChoice[];
  readonly means: FillMeans;
  readonly anatomy: Anatomy;
  readonly on: LatticeOnInput;
  readonly readers: (leaveOut: Uint8Array | null) => ScoreReader;
  readonly secondsAPass: number;
  readonly signal: AbortSignal;
}

/** What is known once the lattice has run. */
export interface Mapped {
  /** Effects below ten times this are below the numerical floor. */
  readonly floor: number;
  /** The lattice with the first filling. */
  readonly run: LatticeRun;
  readonly scoring: Scoring;
}

/** One thing to find out. `run` ends with what it found until it was stopped. */
export interface Inquiry {
  /** Seconds that it takes, roughly. */
  readonly seconds: number;
  run(mapped: Mapped): AsyncGenerator<Step, Found>;
}

export interface Found {
  readonly found: Further;
  /** For all inputs together. */
  readonly features?: FeatureRows;
  readonly stopped: boolean;
}

/** What is asked, with what cannot be had of this input. */
export interface Inquiries {
  readonly inquiries: readonly Inquiry[];
  readonly warnings: readonly Warning[];
}

export const nothingToAsk: Inquiries = { inquiries: [], warnings: [] };
