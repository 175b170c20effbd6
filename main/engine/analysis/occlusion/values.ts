import type { OcclusionValues } from '../../../../shared/analysis/occlusion';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Cuttable } from '../cuttable';
import { fillAgreement } from './agreement';
import type { Further } from './inquiry';
import { leastChangeHu } from './hide';
import { thresholdsOf } from './histogram';
import { meanMap } from './meanMap';
import { inputVolume, type spatialPlaceOf } from './place';
import { rankStructures, type Anatomy } from './ranking';
import type { ScoreReader } from './reader';
import type { LatticeOnInput, LatticeRun } from './places';
import type { Intact, Scoring } from './score';
import type { WindowSize } from './windowSize';

/** A value that an input without any voxel set would not have: what was not tested stays out of the count. */
const wasTested = (changeRms: number, inHu: boolean): boolean => changeRms > 0 && (!inHu || changeRms >= leastChangeHu);

export interface Maps {
  readonly drops: Float32Array;
  readonly map: Float32Array;
}

export interface Outcome {
  readonly prepared: PreparedInput;
  readonly on: LatticeOnInput & { readonly size: WindowSize };
  readonly place: ReturnType<typeof spatialPlaceOf>;
  readonly reader: ScoreReader;
  readonly intact: Intact;
  readonly runs: readonly { readonly name: string; readonly run: LatticeRun; readonly scoring: Scoring }[];
  readonly maps: readonly Maps[];
  readonly anatomy: Anatomy | null;
  readonly check: OcclusionValues['selfCheck'];
  readonly game: OcclusionValues['game'];
  readonly further: Further;
  readonly inHu: boolean;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function* valuesOf({
  prepared,
  on,
  place,
  reader,
  intact,
  runs,
  maps,
  anatomy,
  check,
  game,
  further,
  inHu,
}: Outcome): Cuttable<OcclusionValues> {
  const { lattice } = on;
  const [main] = runs;
  const [first] = maps;
  if (!main || !first) throw new Error('an occlusion has at least one filling');
  const { run } = main;
  const tested = Float64Array.from(run.changeRms, (rms) => (Number.isNaN(rms) ? NaN : wasTested(rms, inHu) ? 1 : 0));
  const volume = prepared.grid ? inputVolume(prepared, first.map) : null;
  const covered = volume && anatomy ? inputVolume(prepared, yield* meanMap(lattice, tested)).values : null;
  const { structures, histograms } =
    volume && anatomy && covered
      ? yield* rankStructures(volume, covered, anatomy)
      : { structures: [], histograms: { thresholds: volume ? thresholdsOf(volume.values) : [], curves: [] } };
  const windowMm = place ? on.size.window.map((w, axis) => w * (place.spacingMm[axis] ?? 1)) : null;
  return {
    target: { ...reader.target },
    score: reader.score,
    unit: reader.unit,
    baseline: finite(intact.baseline),
    ...(intact.baselines ? { baselines: intact.baselines.map(finite) } : {}),
    lattice: {
      start: lattice.axes.map(({ starts }) => starts[0] ?? 0),
      step: lattice.axes.map(({ step }) => step),
      count: lattice.axes.map(({ starts }) => starts.length),
      windowVoxels: lattice.axes.map(({ window }) => window),
      windowMm,
    },
    fill: main.name,
    passes: lattice.count * main.scoring.hider.draws,
    computed: run.computed,
    notTested: tested.filter((t) => t === 0).length,
    structures,
    histograms,
    fillAgreement: fillAgreement(
      maps.map(({ map }) => (prepared.grid ? inputVolume(prepared, map).values : map)),
      anatomy?.body ?? null,
    ),
    selfCheck: check,
    numericalFloor: check.largestDifference,
    game,
    ...further,
  };
}
