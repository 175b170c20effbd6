import type { NetworkGraph } from '../graph';
import type { Box } from './box';
import type { Plan } from './plan';

/** A plan of two thousand places takes about a megabyte. */
const mostPlans = 16;

const known = new WeakMap<NetworkGraph, Map<string, Plan>>();

/**
 * A plan that was made before for the same places of the same question, whatever input and fillings it was about. `question`: all else
 * that it hangs on — the sizes of the inputs, the target and its region, and what the cost model was told.
 */
export function rememberedPlan(
  graph: NetworkGraph,
  question: string,
  places: readonly { readonly box: Box }[],
  make: () => Plan,
): Plan {
  const key = `${question} ${places.map(({ box }) => `${box.start.join()}:${box.end.join()}`).join(' ')}`;
  const plans = known.get(graph) ?? new Map<string, Plan>();
  known.set(graph, plans);
  const found = plans.get(key);
  // Put last again: the one that was not asked for longest goes first.
  if (found) plans.delete(key);
  const plan = found ?? make();
  plans.set(key, plan);
  for (const oldest of plans.keys()) {
    if (plans.size <= mostPlans) break;
    plans.delete(oldest);
  }
  return plan;
}
