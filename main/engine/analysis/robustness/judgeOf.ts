import type { RobustnessParameters } from '../../../../shared/analysis/robustness';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Context, OpenInput } from '../analysis';
import type { Fetch } from '../../network/network';
import type { Judge, Outputs } from './judge';
import { judgeClass } from './judgeClass';
import { judgeDose } from './judgeDose';
import { judgeLabels } from './judgeLabels';

/** The judge of the recipe's kind of output. Without a recipe an output without spatial axes is taken for classes. *Problems* robustness/unknown-output. */
export function judgeOf(
  context: Context,
  input: OpenInput,
  parameters: RobustnessParameters,
  clean: (fetches: readonly Fetch[]) => Promise<Outputs>,
): Promise<Judge> {
  const kind = context.recipe?.output.kind;
  const rank = context.network.graph.outputs[0]?.shape?.length ?? 0;
  if (kind === 'classification' || (kind === undefined && rank === 2))
    return judgeClass(context, input, parameters.tau, clean);
  const output = context.recipe?.output;
  if (output?.kind === 'segmentation') return judgeLabels(context, input, output, parameters, clean);
  if (output?.kind === 'regression') return judgeDose(context, input, output, parameters, clean);
  throw new IsolensError('robustness/unknown-output', { rank });
}
