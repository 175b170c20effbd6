import type { SearchParameters } from '../../../../shared/analysis/search';
import type { Node } from '../../network/graph';
import { activationOf, activationRuleOf } from '../activationRule';

/** By which of a node's values its places are ordered, and which end comes first. */
export interface Ranking {
  readonly by: 'output' | 'pre-activation';
  /** The number shown as `value`. */
  readonly shows: 'output' | 'pre-activation';
  /** +1: the largest first; −1: the smallest first. */
  readonly sign: 1 | -1;
}

/**
 * The output itself, unless it is flat at the end that is asked for: then what stands before the activation decides. An activation that rises
 * everywhere orders both alike, so that only equal outputs are told apart; below a rectifier the output says nothing, and the
 * pre-activation is shown. *Source* methods §1.3: "use Z when A saturates", "for ReLU use Z".
 */
export function rankingOf(node: Node, extreme: SearchParameters['extreme']): Ranking {
  const rule = activationRuleOf(activationOf(node));
  if (extreme === 'least') {
    if (rule.kind === 'rectifier') return { by: 'pre-activation', shows: 'pre-activation', sign: -1 };
    const flat = rule.kind === 'bounded' || rule.kind === 'exponential';
    return { by: flat ? 'pre-activation' : 'output', shows: 'output', sign: -1 };
  }
  const flat = rule.kind === 'bounded' || (rule.kind === 'rectifier' && Number.isFinite(rule.flatAbove));
  return { by: flat ? 'pre-activation' : 'output', shows: 'output', sign: 1 };
}
