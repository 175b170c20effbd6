import type { SearchReach } from '../../../../shared/analysis/search';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { effectiveField } from '../../network/effectiveField';
import type { PreparedInput } from '../../recipe/preparedInput';
import { activationOf } from '../activationRule';
import type { Context } from '../analysis';
import { entries, inputsOf } from '../feed';
import { receptiveFieldOf } from '../receptiveField';
import type { Kept, KeptReach } from './kept';
import type { AskedLayer } from './neurons';

/** The strongest place of one channel of an input. */
export interface StrongestPlace {
  readonly layer: AskedLayer;
  readonly channel: number;
  readonly entry: number;
  readonly voxel: readonly number[];
  /** Of what is seen there, in input voxels. */
  readonly middle: readonly number[];
}

/**
 * How far the gradient at each place reaches in the input that it lies in. A place whose gradient is zero everywhere is left out; a layer that
 * lets no gradient through is told. *Source* methods §1.3, effective receptive field.
 */
export async function reachOn(
  prepared: PreparedInput,
  { network }: Context,
  places: readonly StrongestPlace[],
  signal: AbortSignal,
): Promise<{ readonly reach: Readonly<Record<string, KeptReach>>; readonly warnings: readonly Warning[] }> {
  const { gradient } = network;
  const [first] = network.graph.inputs;
  const reach: Record<string, KeptReach> = {};
  const warnings = new Map<string, Warning>();
  if (!gradient || !first) return { reach, warnings: [] };
  const inputs = inputsOf(network, prepared);
  for (const { layer, channel, entry, voxel, middle } of places) {
    const { node } = layer;
    const given = Object.fromEntries(
      Object.entries(inputs).map(([name, array]) => [name, entries(array, entry, entry + 1)]),
    );
    const stage = activationOf(node).kind === 'linear' ? ('output' as const) : ('preActivation' as const);
    const question = {
      inputs: [given],
      wrt: first.name,
      neuron: { node: node.name, stage, channel, voxel },
      spacingMm: prepared.array.shape.slice(1, -1).map(() => 1),
    };
    try {
      const field = await effectiveField(gradient, question, signal);
      if (!field) continue;
      reach[`${node.name}/${String(channel)}`] = {
        total: field.strength.values.reduce((sum, g) => sum + g, 0),
        offset: field.centre.map((at, axis) => at - (middle[axis] ?? 0)),
        deviation: field.deviationMm,
        voxels: field.extent,
      };
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof IsolensError)) throw thrown;
      const { code, facts } = thrown.problem;
      if (code === 'network/cannot-differentiate') warnings.set(node.name, warningOf(code, facts));
      else if (code === 'network/backend-missing') warnings.set('', warningOf('analysis/search-no-gradient'));
      else throw thrown;
    }
  }
  return { reach, warnings: [...warnings.values()] };
}

/** What one neuron's gradients over the inputs sum to: enough for their mean about one centre. */
export interface Reaching {
  inputs: number;
  total: number;
  voxels: number;
  readonly first: number[];
  readonly second: number[];
}

export const reachingOf = (): Reaching => ({ inputs: 0, total: 0, voxels: 0, first: [], second: [] });

export function addReach(into: Reaching, { total, offset, deviation, voxels }: KeptReach): void {
  into.inputs += 1;
  into.total += total;
  into.voxels += voxels;
  for (const [axis, from] of offset.entries()) {
    into.first[axis] = (into.first[axis] ?? 0) + total * from;
    into.second[axis] = (into.second[axis] ?? 0) + total * ((deviation[axis] ?? 0) ** 2 + from ** 2);
  }
}

/** The theoretical field of a node beside the effective one of a neuron. `spacing` null: no millimetres. */
export function reachOf(
  network: Context['network'],
  node: string,
  axes: number,
  reaching: Reaching,
  spacing: readonly number[] | null,
): SearchReach {
  const field = receptiveFieldOf(network, node);
  const size = Array.from({ length: axes }, (_, axis) => field?.size[axis] ?? null);
  const inMm = (voxels: number, axis: number): number => voxels * (spacing?.[axis] ?? NaN);
  const { inputs, total, voxels, first, second } = reaching;
  const variance = first.map((sum, axis) => Math.max(0, (second[axis] ?? 0) / total - (sum / total) ** 2));
  const deviation = variance.map(Math.sqrt);
  const whole = size.reduce<number>((product, n) => product * (n ?? NaN), 1);
  return {
    size,
    sizeMm: spacing && size.map((n, axis) => (n === null ? null : inMm(n, axis))),
    effective:
      inputs === 0
        ? null
        : {
            inputs,
            deviation,
            deviationMm: spacing && deviation.map(inMm),
            radiusMm: spacing && Math.sqrt(deviation.reduce((sum, own, axis) => sum + inMm(own, axis) ** 2, 0)),
            voxels: voxels / inputs,
            share: Number.isNaN(whole) ? null : voxels / inputs / whole,
          },
  };
}

/** The voxels' sizes where all inputs have the same, to a thousandth of a millimetre. */
export function commonSpacing(all: readonly Pick<Kept, 'spacing'>[]): readonly number[] | null {
  const [first] = all;
  const own = first?.spacing ?? null;
  if (own === null) return null;
  const isSame = all.every(({ spacing }) => spacing?.every((mm, axis) => Math.abs(mm - (own[axis] ?? 0)) < 1e-3));
  return isSame ? own : null;
}
