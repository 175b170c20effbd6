import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import { problemOf } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { dilate } from '../../volume/distance';
import { maskOf } from '../../volume/mask';
import type { Context, OpenInput } from '../analysis';
import type { Division } from './hiding';
import type { Anatomy } from './ranking';
import { structureOf } from './region';

/** The structure with its margin; the players are it, the rest of the body, and everything outside. Source: methods §1.4, Verdict. */
export const marginMm = 3;

/** 0 in the structure, 1 in the rest of the body, 2 outside. */
export interface Players extends Division {
  readonly structure: string;
  /** The structure itself with its margin, on the recipe's grid. */
  readonly grown: Uint8Array;
  readonly body: Uint8Array;
  readonly ownLabel: boolean;
}

/** The label that a target explains, as the recipe names it; null where it is about none. */
export function labelOf(target: OcclusionParameters['target'], { recipe }: Context): string | null {
  if (!target || !('label' in target)) return null;
  return typeof target.label === 'number' && recipe?.output.kind === 'segmentation'
    ? (recipe.output.labels[target.label] ?? String(target.label))
    : String(target.label);
}

/** Which structure the verdict is about: the one named, else the target's own. */
export function structureInQuestion(
  { structure, target }: Pick<OcclusionParameters, 'structure' | 'target'>,
  context: Context,
): { readonly name: string; readonly ownLabel: boolean } | null {
  const label = labelOf(target, context);
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
    const on = grown.map((inside, v) => (inside === 1 ? 0 : anatomy.body[v] === 1 ? 1 : 2));
    const of = prepared.toTensor(on);
    const players = { ...question, structure: structure.name, of, count: 3, grown, body: anatomy.body };
    return { players, warnings: [] };
  } catch (thrown) {
    const { code, facts } = problemOf(thrown);
    return { players: null, warnings: [warningOf(code, facts)] };
  }
}
