import type { OpenInput } from '../analysis/analysis';
import { openInput } from './openInput';
import type { Plan, PlannedAnalysis, PlannedInput } from './plan';

/** What decides how an input is made ready: the recipe, and what the network takes. */
const keyOf = ({ network, recipe }: Pick<Plan, 'network' | 'recipe'>): string =>
  JSON.stringify([recipe, network.description.network.inputs]);

/** The input as each step's network takes it: made ready once for all networks that take it alike. */
export function inputsFor(
  planned: PlannedInput,
  plan: Plan,
  opened: OpenInput,
  signal: AbortSignal,
): (step: PlannedAnalysis) => Promise<OpenInput> {
  const known = new Map([[keyOf(plan), Promise.resolve(opened)]]);
  return ({ of }) => {
    const own = of ?? plan;
    const key = keyOf(own);
    const found = known.get(key) ?? openInput(planned, { ...plan, network: own.network, recipe: own.recipe }, signal);
    known.set(key, found);
    return found;
  };
}
