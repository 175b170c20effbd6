import { totalmem } from 'node:os';
import { IsolensError } from '../../../shared/problem/problem';
import type { Shape } from './graph';
import type { NodeCore } from './operation/operation';

/** Bytes of a float32 value. */
const bytesPerValue = 4;

/** The largest single array that plain Node and the native allocator give without trouble. */
export const largestAllocationBytes = 2 ** 31 - 2 ** 16;

const bytesOf = (shape: Shape | null | undefined): number =>
  shape ? shape.slice(1).reduce<number>((p, n) => p * (n ?? 1), bytesPerValue) : 0;

/** A size that native kernels still count in. */
const largestSize = 2 ** 31 - 1;

/** *Problems* network/out-of-memory where one map of one batch entry is larger than the machine's memory, before anything is made. */
export function refuseImpossible(nodes: readonly NodeCore[], shapes: ReadonlyMap<string, Shape | null>): void {
  for (const { name } of nodes) {
    const shape = shapes.get(name);
    if (!shape || (bytesOf(shape) <= totalmem() && shape.every((n) => (n ?? 0) <= largestSize))) continue;
    const reason = `its map would have ${shape.slice(1).join(' × ')} values, ${(bytesOf(shape) / 2 ** 30).toPrecision(3)} GiB`;
    throw new IsolensError('network/out-of-memory', { reason }, { node: name });
  }
}

/** Bytes of all of these nodes' maps together, for one batch entry. */
export function heldBytes(nodes: readonly NodeCore[], shapes: ReadonlyMap<string, Shape | null>): number {
  return nodes.reduce((sum, { name }) => sum + bytesOf(shapes.get(name)), 0);
}

/** The last node that reads each node's value. Fetched and output nodes are read by nobody further. */
export function lastReaders(nodes: readonly NodeCore[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  nodes.forEach((node, at) => {
    last.set(node.name, at);
    for (const input of node.inputs) last.set(input, at);
  });
  return last;
}

export interface Footprint {
  /** Bytes for one batch entry at the fullest moment. */
  readonly peak: number;
  /** Bytes for one batch entry of the largest array. */
  readonly largest: number;
}

/**
 * What a run holds at its fullest moment: the maps that are still to be read, the map being made, its value before the
 * activation, and as much again for the kernel's own workspace (padded copies, packed windows).
 */
export function footprintOf(nodes: readonly NodeCore[], shapes: ReadonlyMap<string, Shape | null>): Footprint {
  const last = lastReaders(nodes);
  const live = new Map<string, number>();
  let peak = 0;
  let largest = 0;
  nodes.forEach((node, at) => {
    const own = bytesOf(shapes.get(node.name));
    const read = node.inputs.reduce((most, name) => Math.max(most, bytesOf(shapes.get(name))), 0);
    const held = [...live.values()].reduce((sum, bytes) => sum + bytes, 0);
    peak = Math.max(peak, held + 2 * own + Math.max(own, read));
    largest = Math.max(largest, own, read);
    live.set(node.name, own);
    for (const name of [node.name, ...node.inputs]) if ((last.get(name) ?? 0) <= at) live.delete(name);
  });
  return { peak, largest };
}

/** Largest batch within the budget and the largest allocation, at least 1. */
export function batchWithin({ peak, largest }: Footprint, budgetBytes: number): number {
  const byBudget = Math.floor(budgetBytes / Math.max(1, peak));
  const byArray = Math.floor(largestAllocationBytes / Math.max(1, largest));
  return Math.max(1, Math.min(byBudget, byArray));
}
