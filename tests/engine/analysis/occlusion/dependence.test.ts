import { describe, expect, it } from 'vitest';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import { seesHidden } from '../../../../main/engine/analysis/occlusion/reach';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { occlusion as definition } from '../../../../shared/analysis/occlusion';
import { contextOf, writtenNetwork } from '../writtenNetwork';
import { body, box, hu, indexOf, opened, recipeOf, size, voxels, type Index } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = size;
const voxel = 3 * 3 * 4e-3;
// Alpha with 3 mm around it is columns 1 to 3 of the same planes.
const alpha: readonly [Index, Index] = [[2, 4, 2], [2, 5, 3]]; // prettier-ignore
const beta: readonly [Index, Index] = [[6, 4, 2], [8, 5, 3]]; // prettier-ignore
const structures = [body, box('Alpha', 'ORGAN', ...alpha), box('Beta', 'ORGAN', ...beta)];
const within = ([i, j, k]: Index, [from, to]: readonly [Index, Index]): boolean =>
  i >= from[0] && i <= to[0] && j >= from[1] && j <= to[1] && k >= from[2] && k <= to[2];

const intact = Float32Array.from(hu, (value) => (value + 1000) / 2000);
const there = (x: Float32Array, v: number): boolean => Math.abs((x[v] ?? NaN) - (intact[v] ?? NaN)) < 1e-6;

/**
 * Alpha is where its own tissue is, as it was. Beta is in its box where the tissue four voxels to the left (12 mm) is as it was. `told`: the
 * receptive field that the network claims to have, along the columns.
 */
const segmenter = (told = { size: 5, start: -4 }, batches: number[] = []): LoadedNetwork =>
  writtenNetwork(
    [nz, ny, nx, 1],
    [
      {
        name: 'y',
        inputs: ['x'],
        shape: [nz, ny, nx, 3],
        receptiveField: { size: [1, 1, told.size], step: [1, 1, 1], start: [0, 0, told.start] },
        compute: ([x = new Float32Array(0)]) =>
          Array.from({ length: voxels }, (_, v) => {
            const at = indexOf(v);
            const a = within(at, alpha) && there(x, v) ? 0.9 : 0.05;
            const b = within(at, beta) ? (there(x, v - 4) ? 0.9 : 0.2) : 0;
            return [0.5, a, b];
          }).flat(),
      },
    ],
    { batches },
  );

const recipe = recipeOf({
  dims: 3,
  output: { kind: 'segmentation', labels: ['background', 'Alpha', 'Beta'], activation: 'none' },
});

async function matrix(network = segmenter(), more: Record<string, unknown> = {}, own = recipe) {
  const input = await opened(own, [null, nz, ny, nx, 1], structures);
  const context = contextOf(network, { recipe: own });
  const asked = { windowVoxels: 5, target: { label: 'Beta' }, game: false, dependence: true, ...more };
  const run = await occlude(input, context, asked);
  const entry = (hidden: string, label: string) =>
    run.values.dependence?.entries.find((each) => each.hidden === hidden && each.label === label);
  return { ...run, entry, input, context };
}

describe('the dependence matrix', () => {
  it('tells that Beta hangs on Alpha and Alpha not on Beta, in cc, Dice and mm', async () => {
    const { values, entry } = await matrix();
    expect(values.dependence).toMatchObject({ labels: ['Alpha', 'Beta'], fill: 'local-mean', receptiveRadiusMm: 6 });
    expect(values.dependence?.structures.map(({ name }) => name)).toEqual(['Alpha', 'Beta']);
    // Columns 6 and 7 of Beta, 8 voxels, hang on Alpha’s columns 2 and 3; column 8 on what is not hidden.
    const lost = entry('Alpha', 'Beta');
    expect(lost).toMatchObject({ own: false, hd95Mm: 6, distanceMm: 9, outOfReach: false, farChange: 0 });
    expect(lost?.cc).toBeCloseTo(12 * 0.9 * voxel, 6);
    expect(lost?.ccDrop).toBeCloseTo(8 * 0.7 * voxel, 6);
    expect(lost?.diceLoss).toBeCloseTo(1 - (2 * 4) / (12 + 4), 12);
    expect(entry('Beta', 'Alpha')).toMatchObject({ ccDrop: 0, diceLoss: 0, hd95Mm: 0, outOfReach: true, farChange: 0 });
  });

  it('leaves out what is hidden itself: its own label has nothing to lose there', async () => {
    const { entry } = await matrix();
    const own = entry('Alpha', 'Alpha');
    expect(own).toMatchObject({ own: true, ccDrop: 0, diceLoss: null, hd95Mm: null, distanceMm: null });
    // 0.05 everywhere but in the hidden voxels: in each of two planes 3 × 2 and, within 3 mm, one above and one below.
    expect(own?.cc).toBeCloseTo((voxels - 16) * 0.05 * voxel, 5);
  });

  it('finds exactly nothing beyond the receptive field, and says so', async () => {
    const { values } = await matrix();
    expect(values.dependence?.selfTest).toEqual({ entries: 4, outOfReach: 1, largest: 0, floor: 1e-6, passed: true });
  });

  it('catches a network that sees farther than its field, or shows no zero where it sees everything', async () => {
    const liar = await matrix(segmenter({ size: 3, start: -2 }));
    expect(liar.values.dependence?.selfTest.passed).toBe(false);
    expect(liar.values.dependence?.selfTest.largest).toBeCloseTo(0.7, 6);
    const open = segmenter();
    const all = { ...open, description: { ...open.description, nodes: open.description.nodes.map((node) => ({ ...node, receptiveField: 'global' as const })) } }; // prettier-ignore
    const unknown = await matrix(all);
    expect(unknown.values.dependence).toMatchObject({
      receptiveRadiusMm: null,
      selfTest: { entries: 0, largest: null, passed: null },
    });
    expect(unknown.entry('Beta', 'Alpha')).toMatchObject({ ccDrop: 0, outOfReach: null, farChange: null });
  });

  it('hides the structures that are named, with every filling that is named', async () => {
    const { values, part } = await matrix(segmenter(), {
      fill: ['blur', { constant: 0 }],
      structures: ['Beta', 'Heart'],
    });
    expect(values.dependence?.fill).toBe('blur');
    expect(values.dependence?.entries.map(({ hidden, label }) => [hidden, label])).toEqual([
      ['Beta', 'Alpha'],
      ['Beta', 'Beta'],
    ]);
    expect(values.dependence?.fills.map(({ fill, entries }) => [fill, entries.length])).toEqual([['constant 0', 2]]);
    expect(part.result.warnings.map(({ code }) => code)).toContain('recipe/no-structure');
  });

  it('costs the passes that were told before', async () => {
    const { values, input, context, asked } = await matrix();
    const ahead = (more: object) => occlusion.passes(input, context, { ...asked, ...more });
    expect(ahead({}) - ahead({ dependence: false })).toBe(1 + 2 + 1);
    expect(values.dependence?.passes).toBe(1 + 2 + 1);
  });

  it('runs only the planes that show what is hidden', async () => {
    const flat = recipeOf({ dims: 2, output: recipe.output });
    const input = await opened(flat, [null, ny, nx, 1], structures);
    const network = writtenNetwork(
      [ny, nx, 1],
      [
        {
          name: 'y',
          inputs: ['x'],
          shape: [ny, nx, 3],
          receptiveField: { size: [1, 1], step: [1, 1], start: [0, 0] },
          compute: ([x = new Float32Array(0)]) => Array.from(x, (value) => [0.5, value, 0.2]).flat(),
        },
      ],
    );
    const { values } = await occlude(input, contextOf(network, { recipe: flat }), {
      windowVoxels: 5,
      target: { label: 'Beta' },
      game: false,
      dependence: true,
    });
    // Six planes, three of them again alone, and the two that show each structure.
    expect(values.dependence?.passes).toBe(nz + 3 + 2 + 2);
    expect(values.dependence?.selfTest).toMatchObject({ largest: 0, passed: true });
  });

  it('needs a segmentation', async () => {
    const classifier = recipeOf({ dims: 3 });
    const network = writtenNetwork(
      [nz, ny, nx, 1],
      [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [x?.[0] ?? NaN] }],
    );
    const { values, part } = await matrix(network, { target: { class: 'yes' } }, classifier);
    expect(values.dependence).toBeUndefined();
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/dependence-needs-segmenter');
  });

  it('gives means over patients, and in how many the self-test held', async () => {
    const one = await matrix();
    const liar = await matrix(segmenter({ size: 3, start: -2 }));
    const renamed = { ...liar.part, kept: { ...(liar.part.kept as Record<string, unknown>), patient: 'P2' } };
    const { summary } = occlusion.conclude([one.part, renamed], one.context, one.asked);
    const read = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
    expect(read.dependence?.selfTest).toEqual({ passed: 1, failed: 1, none: 0 });
    const row = read.dependence?.entries.find(({ hidden, label }) => hidden === 'Alpha' && label === 'Beta');
    expect(row).toMatchObject({ n: 2, hd95Mm: 6, distanceMm: 9 });
  });
});

describe('what a map can see', () => {
  it('is every voxel whose box, widened by its neighbour planes, holds a hidden one', () => {
    const hidden = new Uint8Array(3 * 6);
    hidden[1 * 6 + 2] = 1;
    const field = { size: [3], step: [2], start: [-1] };
    const seen = seesHidden(hidden, { input: [3, 6], map: [3, 3], field, context: 0 });
    // Voxel 0 sees −1 … 1, voxel 1 sees 1 … 3, voxel 2 sees 3 … 5.
    expect([...seen]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    const wide = seesHidden(hidden, { input: [3, 6], map: [3, 3], field, context: 1 });
    expect([...wide]).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0]);
    const all = seesHidden(hidden, {
      input: [3, 6],
      map: [3, 3],
      field: { size: [null], step: [0], start: [0] },
      context: 0,
    });
    expect([...all]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0]);
  });
});
