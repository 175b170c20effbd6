import type { NetworkGraph, Node, Weight } from '../../network/graph';

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, axis) => n === b[axis]);

/** Their arrays can be laid over each other, one by one. */
const alike = (a: Node, b: Node): boolean =>
  a.op === b.op &&
  a.weights.length === b.weights.length &&
  a.weights.every((weight, at) => sameShape(weight.shape, b.weights[at]?.shape ?? []));

/** The nodes of one network that stand for those of another. */
export interface Counterparts {
  /** By the reference's name. */
  readonly of: ReadonlyMap<string, Node>;
  /** Names that differ: matched by their order. */
  readonly byOrder: readonly string[];
  /** With weights, and nothing to lay over them. */
  readonly without: readonly string[];
}

/**
 * Matches nodes by name; those whose names are not in the other network by their order among the likewise unmatched, where operation and
 * shapes agree. Frameworks number layers anew in every session, so that the same layer has another name in the next run.
 */
export function counterpartsOf(reference: NetworkGraph, other: NetworkGraph): Counterparts {
  const byName = new Map(other.nodes.map((node) => [node.name, node]));
  const of = new Map<string, Node>();
  for (const node of reference.nodes) {
    const found = byName.get(node.name);
    if (found && (alike(node, found) || node.weights.length === 0)) of.set(node.name, found);
  }
  const taken = new Set([...of.values()].map(({ name }) => name));
  const left = other.nodes.filter(({ name }) => !taken.has(name));
  const byOrder: string[] = [];
  let from = 0;
  for (const node of reference.nodes) {
    if (of.has(node.name)) continue;
    const at = left.findIndex((candidate, place) => place >= from && alike(node, candidate));
    const found = left[at];
    if (!found) continue;
    of.set(node.name, found);
    from = at + 1;
    if (node.weights.length > 0) byOrder.push(node.name);
  }
  const without = reference.nodes.filter(({ name, weights }) => weights.length > 0 && !of.has(name));
  return { of, byOrder, without: without.map(({ name }) => name) };
}

/** The array that a node is compared by: its kernel, else its first. */
export const mainWeight = ({ weights }: Node): Weight | undefined =>
  weights.find(({ name }) => name === 'kernel' || name.endsWith('/kernel')) ?? weights[0];
