import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { assembledNetwork } from '../assembledNetwork';
import { noise } from '../../network/handmade';
import { arrayOf, recipe, testRobustness } from './affine';

interface Found {
  readonly epsilons: readonly number[];
  readonly cases: readonly {
    readonly classes: number;
    readonly labels: readonly number[];
    readonly scores: readonly (readonly number[])[];
    readonly fgsm: readonly (readonly (0 | 1)[])[];
    readonly pgd: readonly (readonly (0 | 1)[])[];
    readonly deepfool: readonly (number | null)[];
  }[];
}
const peers = JSON.parse(
  readFileSync(new URL('../../../references/robustness/foolbox_attacks.json', import.meta.url), 'utf8'),
) as Found;

const opened: LoadedNetwork[] = [];
afterAll(() => {
  for (const network of opened) network.close();
});
async function made(draft: Parameters<typeof assembledNetwork>[0]): Promise<LoadedNetwork> {
  const network = await assembledNetwork(draft);
  opened.push(network);
  return network;
}

const array = (name: string, shape: readonly number[], values: Float32Array) => ({ name, shape, values });
const dense = (weights: Float32Array, count: number, bias: readonly number[], before: string, activation = {}) => ({
  name: 'scores',
  op: 'dense',
  inputs: [before],
  attributes: activation,
  weights: [array('kernel', [weights.length / count, count], weights), array('bias', [count], Float32Array.from(bias))],
});

/** HU in a network unit of the recipe. */
const unitHu = 2000;

describe('attacks on an affine classifier (planted truth P11)', () => {
  const w = noise(16, 5);
  const image = Float32Array.from(noise(16, 6), (value) => 0.5 + value / 10);
  const dot = image.reduce((sum, x, v) => sum + x * w[v]!, 0);
  const margin = 0.03;
  const kernel = Float32Array.from({ length: 32 }, (_, n) => (n % 2 === 0 ? 0 : w[n >> 1]!));
  const l1 = w.reduce((sum, value) => sum + Math.abs(value), 0);
  const l2 = Math.hypot(...w);
  const flatten = { name: 'flat', op: 'flatten', inputs: ['x'], attributes: {}, weights: [] };
  const affineDraft = (activation = {}) => ({
    name: 'affine',
    nodes: [
      { name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] },
      flatten,
      dense(kernel, 2, [0, margin - dot], 'flat', activation),
    ],
    inputs: [{ name: 'x', node: 'x', shape: [null, 4, 4, 1] }],
    outputs: [{ name: 'scores', node: 'scores' }],
  });
  const softmax = { activation: { kind: 'softmax', axes: [-1] } };

  it.each([
    ['its scores', {}],
    ['probabilities, by its scores before them', softmax],
  ])('that gives %s: the norms are |m|/‖w‖₁ and |m|/‖w‖₂', async (_, activation) => {
    const network = await made(affineDraft(activation));
    const linfHu = (margin / l1) * unitHu;
    const severities = [linfHu / 3, linfHu / 1.5, linfHu * 1.5, linfHu * 3];
    const { values } = await testRobustness(
      [arrayOf(image, [4, 4, 1], recipe(), { label: 'yes' })],
      network,
      recipe(),
      {
        families: [
          { id: 'fgsm', severities },
          { id: 'pgd', severities },
          { id: 'deepfool', severities: [(margin / l2) * unitHu * 0.9, (margin / l2) * unitHu * 1.1] },
        ],
      },
    );
    const [found] = values;
    expect(found!.clean).toMatchObject({ right: true, class: 'yes' });
    expect(found!.clean.margin).toBeCloseTo(margin, 5);
    for (const id of ['fgsm', 'pgd'] as const) {
      const severity = found!.firstFlip[id] as number;
      expect(severity).toBeGreaterThanOrEqual(linfHu * (1 - 1e-4));
      expect(severity).toBeLessThanOrEqual(linfHu * 2.25 ** (1 / 64) * (1 + 1e-4));
    }
    const attack = found!.families[2]!.attack!;
    expect(attack.l2! / (margin / l2)).toBeCloseTo(1, 4);
    expect(attack.l2Hu! / ((margin / l2) * unitHu)).toBeCloseTo(1, 4);
    expect(found!.firstFlip.deepfool).toBe(attack.l2Hu);
    expect(found!.families[2]!.steps.map(({ flippedShare }) => flippedShare)).toEqual([0, 1]);
  });

  it('are not tried where no gradient can be had, which is said', async () => {
    const { gradient: _, ...network } = await made(affineDraft());
    const { values, warnings } = await testRobustness([arrayOf(image, [4, 4, 1], recipe())], network, recipe(), {
      families: [{ id: 'fgsm' }, { id: 'offset', severities: [5] }],
    });
    expect(values[0]!.families.map(({ id }) => id)).toEqual(['offset']);
    expect(values[0]!.firstFlip).toEqual({ offset: null, fgsm: null });
    expect(warnings[0]!.map(({ code }) => code)).toContain('robustness/family-failed');
  });
});

describe.each(peers.cases)(
  'attacks on a small network of $classes classes',
  ({ classes, labels, scores, ...found }) => {
    const draft = {
      name: 'small',
      nodes: [
        { name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] },
        {
          name: 'conv',
          op: 'conv2d',
          inputs: ['x'],
          attributes: {
            kernelSize: [3, 3],
            strides: [1, 1],
            dilation: [1, 1],
            padding: 'valid',
            groups: 1,
            activation: { kind: 'tanh' },
          },
          weights: [array('kernel', [3, 3, 1, 4], noise(36, 11))],
        },
        { name: 'flat', op: 'flatten', inputs: ['conv'], attributes: {}, weights: [] },
        dense(
          noise(64 * classes, 12).map((value) => value / 4),
          classes,
          new Array<number>(classes).fill(0),
          'flat',
        ),
      ],
      inputs: [{ name: 'x', node: 'x', shape: [null, 6, 6, 1] }],
      outputs: [{ name: 'scores', node: 'scores' }],
    };
    const own = recipe({
      output: { kind: 'classification', labels: Array.from({ length: classes }, (_, n) => `c${String(n)}`) },
    });

    it('end as foolbox’s do, and DeepFool’s pattern is as long', async () => {
      const network = await made(draft);
      const images = labels.slice(0, 3).map((label, n) =>
        arrayOf(
          noise(36, 100 + n).map((value) => 0.5 + 0.3 * value),
          [6, 6, 1],
          own,
          { id: String(n), label: `c${String(label)}` },
        ),
      );
      const severities = peers.epsilons.map((epsilon) => epsilon * unitHu);
      // A projected attack that fails runs to its end from every start: one strength below most boundaries and one above must do.
      const tried = [0, 3];
      const { values } = await testRobustness(images, network, own, {
        families: [
          { id: 'fgsm', severities },
          { id: 'pgd', severities: tried.map((e) => severities[e]!) },
          { id: 'deepfool', severities: [1] },
        ],
      });
      values.forEach(({ clean, families: [fgsm, pgd, deepfool] }, n) => {
        expect(clean.right).toBe(true);
        const z = scores[n]!;
        const others = z.filter((_, k) => k !== labels[n]);
        expect(clean.margin).toBeCloseTo(
          z[labels[n]!]! - Math.log(others.reduce((sum, each) => sum + Math.exp(each), 0)),
          4,
        );
        const flipped = (steps: readonly { flippedShare: number }[]): number[] =>
          steps.map(({ flippedShare }) => flippedShare);
        const theirs = (table: readonly (readonly number[])[]): number[] => table.map((row) => row[n]!);
        if (classes === 2) expect(flipped(fgsm!.steps)).toEqual(theirs(found.fgsm));
        // Restarts and the margin may find more than they do, never less.
        flipped(pgd!.steps).forEach((share, e) => expect(share).toBeGreaterThanOrEqual(theirs(found.pgd)[tried[e]!]!));
        // Theirs goes 2 % beyond the boundary, ours is brought back to it.
        const theirLength = found.deepfool[n]!;
        expect(deepfool!.attack!.l2! / theirLength).toBeGreaterThan(0.94);
        expect(deepfool!.attack!.l2! / theirLength).toBeLessThanOrEqual(1.0001);
      });
    });
  },
);
