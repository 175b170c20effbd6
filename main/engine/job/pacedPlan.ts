import type { LoadedNetwork } from '../network/network';
import { pacedNetwork } from './pacedNetwork';
import type { NamedNetwork, Plan } from './plan';

/** The plan with every network of it paced: one that is named twice stays one. */
export function pacedPlan(plan: Plan, memoryBytes: number): Plan {
  const paced = new Map<LoadedNetwork, LoadedNetwork>();
  const pacedOf = (network: LoadedNetwork): LoadedNetwork => {
    const own = paced.get(network) ?? pacedNetwork(network, memoryBytes);
    paced.set(network, own);
    return own;
  };
  const named = new Map<NamedNetwork, NamedNetwork>(
    plan.compared?.networks.map((own) => [own, { ...own, network: pacedOf(own.network) }]) ?? [],
  );
  return {
    ...plan,
    network: pacedOf(plan.network),
    analyses: plan.analyses.map((step) => {
      const of = step.of && named.get(step.of);
      return of ? { ...step, of } : step;
    }),
    ...(plan.compared ? { compared: { ...plan.compared, networks: [...named.values()] } } : {}),
  };
}
