import { describe, expect, it } from 'vitest';
import { fileActivationOf, probabilities } from '../../../main/engine/analysis/probability';
import type { LoadedNetwork } from '../../../main/engine/network/network';

const logits = { shape: [2, 3], values: Float32Array.of(0, Math.log(2), Math.log(5), 1000, 1000, -1000) };

describe('probabilities of an output', () => {
  it('applies softmax over the classes, and stays finite for large numbers', () => {
    const { values, applied, warning } = probabilities(logits, 'softmax', null);
    expect(applied).toBe('softmax');
    expect(warning).toBeUndefined();
    [1 / 8, 2 / 8, 5 / 8, 0.5, 0.5, 0].forEach((p, n) => {
      expect(values[n]).toBeCloseTo(p, 6);
    });
  });

  it('applies a sigmoid value by value', () => {
    const { values } = probabilities(
      { shape: [1, 3], values: Float32Array.of(0, Math.log(3), -Math.log(3)) },
      'sigmoid',
      'relu',
    );
    [0.5, 0.75, 0.25].forEach((p, n) => {
      expect(values[n]).toBeCloseTo(p, 6);
    });
  });

  it('never applies an activation twice: the file wins, with a warning where the recipe differs', () => {
    const sure = { shape: [1, 2], values: Float32Array.of(0.25, 0.75) };
    expect(probabilities(sure, 'softmax', 'softmax')).toEqual({ values: sure.values, applied: 'softmax' });
    const other = probabilities(sure, 'softmax', 'sigmoid');
    expect(other.values).toBe(sure.values);
    expect(other.applied).toBe('sigmoid');
    expect(other.warning?.code).toBe('analysis/activation-differs');
    expect(probabilities(sure, 'none', null)).toEqual({ values: sure.values, applied: 'none' });
  });
});

describe('the activation that a file ends in', () => {
  const network = (nodes: { name: string; op: string; inputs: string[]; activation: string | null }[]) =>
    ({
      graph: { outputs: [{ name: 'y', node: nodes.at(-1)!.name, shape: null }] },
      description: { nodes },
    }) as unknown as LoadedNetwork;

  it("is the last node's own, or that of the node before a mere rearrangement", () => {
    const dense = { name: 'd', op: 'dense', inputs: ['x'], activation: 'softmax' };
    expect(fileActivationOf(network([dense]))).toBe('softmax');
    expect(fileActivationOf(network([dense, { name: 'r', op: 'reshape', inputs: ['d'], activation: null }]))).toBe(
      'softmax',
    );
    expect(fileActivationOf(network([{ ...dense, activation: 'linear' }]))).toBeNull();
    expect(fileActivationOf(network([dense, { name: 'e', op: 'dense', inputs: ['d'], activation: null }]))).toBeNull();
  });
});
