import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import { problemOf } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { dilate } from '../../volume/distance';
import { maskOf } from '../../volume/mask';
import type { Context, OpenInput } from '../analysis';
import type { Anatomy } from './ranking';
import { structureOf } from './region';

/** The structure with its margin; the players are it, the rest of the body, and everything outside. Source: methods §1.4, Verdict. */
const marginMm = 3;

/** 1, 2 or 4 (the player's bit) at every voxel, in network order. */
export interface Players {
  readonly structure: string;
  readonly of: Uint8Array;
  /** The structure itself with its margin, on the recipe's grid. */
  readonly grown: Uint8Array;
  readonly body: Uint8Array;
  readonly ownLabel: boolean;
}

/** Which structure the verdict is about: the one named, else the target's own. */
export function structureInQuestion(
  { structure, target }: Pick<OcclusionParameters, 'structure' | 'target'>,
  { recipe }: Context,
): { readonly name: string; readonly ownLabel: boolean } | null {
  const label =
    target && 'label' in target
      ? typeof target.label === 'number' && recipe?.output.kind === 'segmentation'
        ? (recipe.output.labels[target.label] ?? String(target.label))
        : String(target.label)
      : null;
  if (structure !== undefined) return { name: structure, ownLabel: structure === label };
  if (label !== null) return { name: label, ownLabel: true };
  if (target && 'doseIn' in target) return { name: target.doseIn, ownLabel: false };
  return null;
}

/** The players of one input; null, with the reason, where the structure is not there. */
export function playersOf(
  input: OpenInput,
  context: Context,
  anatomy: Anatomy,
  parameters: Pick<OcclusionParameters, 'structure' | 'target'>,
): { readonly players: Players | null; readonly warnings: readonly Warning[] } {
  const { prepared } = input;
  const question = structureInQuestion(parameters, context);
  if (!question || !prepared.grid || !prepared.toTensor) return { players: null, warnings: [] };
  try {
    const structure = structureOf(input, context, question.name);
    const grown = dilate(maskOf(structure, prepared.grid), prepared.grid, marginMm);
    const on = grown.map((inside, v) => (inside === 1 ? 1 : anatomy.body[v] === 1 ? 2 : 4));
    const players = { ...question, structure: structure.name, of: prepared.toTensor(on), grown, body: anatomy.body };
    return { players, warnings: [] };
  } catch (thrown) {
    const { code, facts } = problemOf(thrown);
    return { players: null, warnings: [warningOf(code, facts)] };
  }
}
