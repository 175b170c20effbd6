import { middleOf } from './lattice';
import { placeAt, type LatticeOnInput, type LatticeRun } from './places';
import type { ScoreReader } from './reader';

/** Positions in the body (by the middle of their window, network order) where the filling changed something that the score can see. */
export const testedPositions = (
  { drops, changeRms }: LatticeRun,
  on: LatticeOnInput,
  body: Uint8Array,
  reader: Pick<ScoreReader, 'counts'>,
): readonly number[] =>
  Array.from(drops.keys()).filter(
    (position) =>
      (changeRms[position] ?? 0) > 0 &&
      body[middleOf(on.lattice, position)] === 1 &&
      reader.counts(placeAt(on, position).entry),
  );
