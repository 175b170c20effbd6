import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latticeOf, visitingOrder } from '../../../../main/engine/analysis/occlusion/lattice';
import { oddVoxels, windowSizeOf } from '../../../../main/engine/analysis/occlusion/windowSize';
import { arrayInput, contextOf, relu, writtenNetwork, type WrittenNode } from '../writtenNetwork';
import { occlude } from './run';

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** f = Σ w·x with w = (7i + j + 1)/10 on a 5 × 7 image of ones: the example of the peers. */
const linear = () =>
  writtenNetwork(
    [5, 7, 1],
    [
      {
        name: 'f',
        inputs: ['x'],
        shape: [1],
        compute: ([x]) => [sum(Array.from(x ?? [], (value, v) => (value * (v + 1)) / 10))],
      },
    ],
  );
const ones = arrayInput(new Float32Array(35).fill(1), [5, 7, 1]);
const value = { target: { output: 0, channel: 0 }, fill: { constant: 0 } };

describe('occlusion against peers', () => {
  // Captum 0.9.0, run: rows 0, 2 and 4 of each map (rows come in equal pairs).
  it.each([
    [
      [2, 3],
      [2, 2],
      [
        [3.3, 3.3, 3.9, 4.5, 5.1, 5.7, 5.7],
        [11.7, 11.7, 12.3, 12.9, 13.5, 14.1, 14.1],
        [9, 9, 9.3, 9.6, 9.9, 10.2, 10.2],
      ],
    ],
    [
      [2, 2],
      [2, 2],
      [
        [2, 2, 2.8, 2.8, 3.6, 3.6, 2.1],
        [7.6, 7.6, 8.4, 8.4, 9.2, 9.2, 4.9],
        [5.9, 5.9, 6.3, 6.3, 6.7, 6.7, 3.5],
      ],
    ],
  ])('gives Captum’s map with truncated windows of %j at stride %j', async (windowVoxels, strideVoxels, rows) => {
    const { map } = await occlude(ones, contextOf(linear()), {
      ...value,
      windowVoxels,
      strideVoxels,
      placement: 'truncated',
    });
    rows.forEach((row, n) => {
      row.forEach((expected, c) => {
        expect(map[2 * n * 7 + c]).toBeCloseTo(expected, 4);
      });
    });
  });

  it('gives Captum’s map for windows of 3 × 3 side by side', async () => {
    const { map } = await occlude(ones, contextOf(linear()), {
      ...value,
      windowVoxels: 3,
      strideVoxels: 3,
      placement: 'truncated',
    });
    expect([map[0], map[3], map[6], map[21], map[24], map[27]].map((x) => Math.round(10 * (x ?? NaN)) / 10)).toEqual([
      8.1, 10.8, 4.2, 15.9, 17.7, 6.3,
    ]);
  });

  // MONAI 1.6.1, run, mask 2 × 3, constant fill, no overlap: its output is the score of the hidden image.
  it('is f(x) − MONAI where the last window moves inside', async () => {
    const { map, values } = await occlude(ones, contextOf(linear()), {
      ...value,
      windowVoxels: [2, 3],
      strideVoxels: [2, 3],
    });
    const monai = [
      [59.7, 59.7, 59.7, 57.9, 57.6, 57.6, 57.3],
      [59.7, 59.7, 59.7, 57.9, 57.6, 57.6, 57.3],
      [51.3, 51.3, 51.3, 49.5, 49.2, 49.2, 48.9],
      [49.2, 49.2, 49.2, 47.4, 47.1, 47.1, 46.8],
      [47.1, 47.1, 47.1, 45.3, 45, 45, 44.7],
    ].flat();
    expect(values.baseline).toBeCloseTo(63, 4);
    map.forEach((x, v) => {
      expect(x).toBeCloseTo(63 - (monai[v] ?? NaN), 4);
    });
  });
});

describe('occlusion worked by hand', () => {
  /** relu(2x − 1), relu(3 − y), sum: three layers whose numbers fit on a page. */
  const threeLayers = (shape: readonly number[]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const pointwise = (name: string, from: string, of: (x: number) => number): WrittenNode => ({
      name,
      inputs: [from],
      shape,
      activation: relu,
      compute: ([x]) => Array.from({ length: size }, (_, v) => of(x?.[v] ?? NaN)),
    });
    return writtenNetwork(shape, [
      pointwise('a', 'x', (x) => 2 * x - 1),
      pointwise('b', 'a', (y) => 3 - y),
      { name: 'c', inputs: ['b'], shape: [1], compute: ([x]) => [sum(x ?? [])] },
    ]);
  };
  const image = [0, 1, 2, 0.5, 1, 0];

  it('in 2D: each voxel alone, then windows that overlap', async () => {
    const [input, context] = [arrayInput(image, [2, 3, 1]), contextOf(threeLayers([2, 3, 1]))];
    const single = await occlude(input, context, { ...value, windowVoxels: 1, strideVoxels: 1 });
    expect(single.values.baseline).toBe(13);
    expect(single.drops).toEqual([0, -1, -3, 0, -1, 0]);
    expect(single.map).toEqual([0, -1, -3, 0, -1, 0]);
    const pair = await occlude(input, context, { ...value, windowVoxels: 2, strideVoxels: 1 });
    expect(pair.values.lattice).toMatchObject({ start: [0, 0], step: [1, 1], count: [1, 2], windowVoxels: [2, 2] });
    expect(pair.drops).toEqual([-2, -5]);
    expect(pair.map).toEqual([-2, -3.5, -5, -2, -3.5, -5]);
  });

  it('in 3D: the same numbers two slices deep', async () => {
    const volume = [...image, 1, 1, 1, 0, 0, 2];
    const { drops, map, values } = await occlude(
      arrayInput(volume, [2, 2, 3, 1]),
      contextOf(threeLayers([2, 2, 3, 1])),
      {
        ...value,
        windowVoxels: [1, 2, 2],
        strideVoxels: 1,
      },
    );
    // Second slice: 2 2 2 / 3 3 0 behind layer b, so own − 3 is −1 −1 −1 / 0 0 −3.
    expect(values.baseline).toBe(25);
    expect(values.lattice.count).toEqual([2, 1, 2]);
    expect(drops).toEqual([-2, -5, -2, -5]);
    expect(map.slice(6)).toEqual([-2, -3.5, -5, -2, -3.5, -5]);
  });
});

/** A convolution of any number of axes with zero padding, by the definition. */
function convolve(
  x: ArrayLike<number>,
  sizes: readonly number[],
  inputs: number,
  outputs: number,
  kernel: (n: number) => number,
): number[] {
  const volume = sizes.reduce((a, b) => a * b, 1);
  const taps = 3 ** sizes.length;
  const result = new Array<number>(volume * outputs).fill(0);
  for (let v = 0; v < volume; v++) {
    for (let tap = 0; tap < taps; tap++) {
      let [rest, restTap, offset, stride, inside] = [v, tap, 0, 1, true];
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        const size = sizes[axis] ?? 1;
        const at = (rest % size) + (restTap % 3) - 1;
        rest = Math.floor(rest / size);
        restTap = Math.floor(restTap / 3);
        if (at < 0 || at >= size) inside = false;
        offset += at * stride;
        stride *= size;
      }
      if (!inside) continue;
      for (let i = 0; i < inputs; i++)
        for (let o = 0; o < outputs; o++) {
          const at = v * outputs + o;
          result[at] = (result[at] ?? 0) + (x[offset * inputs + i] ?? NaN) * kernel((tap * inputs + i) * outputs + o);
        }
    }
  }
  return result;
}

const wave = (seed: number) => (n: number) => Math.sin(seed * 12.9898 + n * 78.233);

/** conv 3 (4 filters) + ReLU, conv 3 (3 filters) + ReLU, mean over space, softmax of three classes. */
function classifier(sizes: readonly number[]) {
  const volume = sizes.reduce((a, b) => a * b, 1);
  return writtenNetwork(
    [...sizes, 1],
    [
      {
        name: 'c1',
        inputs: ['x'],
        shape: [...sizes, 4],
        activation: relu,
        compute: ([x]) => convolve(x ?? [], sizes, 1, 4, wave(1)),
      },
      {
        name: 'c2',
        inputs: ['c1'],
        shape: [...sizes, 3],
        activation: relu,
        compute: ([x]) => convolve(x ?? [], sizes, 4, 3, wave(2)),
      },
      {
        name: 'p',
        inputs: ['c2'],
        shape: [3],
        activation: { kind: 'softmax', axes: [-1] },
        compute: ([x]) =>
          [0, 1, 2].map((c) => sum(Array.from({ length: volume }, (_, v) => x?.[v * 3 + c] ?? NaN)) / volume),
      },
    ],
    { batch: 3 },
  );
}

/** The same by force, in float64 and without the analysis: hide, run, read log p − log Σ of the others. */
function marginByForce(image: readonly number[], sizes: readonly number[], chosen: number): number {
  const rectified = (values: readonly number[]) => values.map((z) => Math.max(0, z));
  const deep = rectified(convolve(rectified(convolve(image, sizes, 1, 4, wave(1))), sizes, 4, 3, wave(2)));
  const logits = [0, 1, 2].map((c) => sum(deep.filter((_, n) => n % 3 === c)) / (deep.length / 3));
  const powers = logits.map(Math.exp);
  const p = powers.map((e) => e / sum(powers));
  return Math.log(p[chosen] ?? NaN) - Math.log(sum(p.filter((_, c) => c !== chosen)));
}

describe('occlusion of a three-layer classifier', () => {
  it.each([
    ['2D', [6, 7], [3, 2], [2, 2]],
    ['3D', [4, 5, 4], [2, 3, 2], [1, 2, 2]],
  ])('equals the definition by force to 1e-6 in %s', async (_, sizes, windowVoxels, strideVoxels) => {
    const volume = sizes.reduce((a, b) => a * b, 1);
    const image = Array.from({ length: volume }, (__, v) => Math.fround(0.5 + 0.5 * wave(3)(v)));
    const { drops, map, values } = await occlude(arrayInput(image, [...sizes, 1]), contextOf(classifier(sizes)), {
      windowVoxels,
      strideVoxels,
      fill: { constant: 0.25 },
      target: { class: 1 },
    });
    const intact = marginByForce(image, sizes, 1);
    expect(values.score).toBe('margin');
    expect(values.baseline).toBeCloseTo(intact, 6);

    const starts = sizes.map((n, axis) => {
      const [w, s] = [windowVoxels[axis] ?? 1, strideVoxels[axis] ?? 1];
      return Array.from({ length: Math.ceil((n - w) / s) + 1 }, (__, p) => Math.min(p * s, n - w));
    });
    const boxes = starts.reduce<number[][]>(
      (list, along) => list.flatMap((start) => along.map((s) => [...start, s])),
      [[]],
    );
    const inside = (v: number, box: readonly number[]): boolean => {
      let rest = v;
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        const at = rest % (sizes[axis] ?? 1);
        rest = Math.floor(rest / (sizes[axis] ?? 1));
        if (at < (box[axis] ?? 0) || at >= (box[axis] ?? 0) + (windowVoxels[axis] ?? 1)) return false;
      }
      return true;
    };
    const forced = boxes.map(
      (box) =>
        intact -
        marginByForce(
          image.map((x, v) => (inside(v, box) ? 0.25 : x)),
          sizes,
          1,
        ),
    );
    expect(drops).toHaveLength(forced.length);
    drops.forEach((drop, n) => {
      expect(Math.abs(drop - (forced[n] ?? NaN))).toBeLessThan(1e-6);
    });
    map.forEach((x, v) => {
      const covering = forced.filter((__, n) => inside(v, boxes[n] ?? []));
      expect(Math.abs(x - sum(covering) / covering.length)).toBeLessThan(1e-6);
    });
    expect(values.selfCheck.largestDifference).toBeLessThan(1e-6);
    expect(values.selfCheck.positions).toBeGreaterThanOrEqual(3);
  });

  it('explains the class predicted on the intact input where none is named', async () => {
    const image = Array.from({ length: 42 }, (_, v) => 0.5 + 0.5 * wave(3)(v));
    const margins = [0, 1, 2].map((c) => marginByForce(image, [6, 7], c));
    const { values } = await occlude(arrayInput(image, [6, 7, 1]), contextOf(classifier([6, 7])), { windowVoxels: 3 });
    expect(values.target).toMatchObject({ index: margins.indexOf(Math.max(...margins)), predicted: true });
  });
});

describe('the lattice', () => {
  it('covers every voxel with whole windows when the last one moves inside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (n, w, s) => {
          fc.pre(w <= n && s <= w);
          const [axis] = latticeOf([n], [w], [s], 'inside').axes;
          const covered = new Set(axis?.starts.flatMap((start) => Array.from({ length: w }, (_, i) => start + i)));
          expect(covered.size).toBe(n);
          expect(Math.max(...covered)).toBe(n - 1);
          expect(axis?.starts.length).toBe(Math.ceil((n - w) / s) + 1);
        },
      ),
    );
  });

  it('has 441 windows on 512 × 512 with 48 at stride 24', () => {
    expect(latticeOf([512, 512], [48, 48], [24, 24], 'inside').count).toBe(441);
  });

  it('refuses a window larger than the image', () => {
    expect(() => latticeOf([8], [9], [1], 'inside')).toThrow(/9 voxels is larger/);
  });

  it('visits every position once, every fourth first, then every second', () => {
    const lattice = latticeOf([9, 9], [1, 1], [1, 1], 'inside');
    const order = visitingOrder(lattice);
    expect(new Set(order).size).toBe(81);
    expect(Array.from(order.slice(0, 9))).toEqual([0, 4, 8, 36, 40, 44, 72, 76, 80]);
  });

  it('takes the odd number of voxels nearest to a length, at least one', () => {
    expect([20, 2, 15, 18, 0.5].map((mm) => oddVoxels(mm, 3))).toEqual([7, 1, 5, 7, 1]);
    const { window, stride } = windowSizeOf({ windowMm: [20, 12, 9] }, [40, 60, 60], {
      spacingMm: [3, 3, 3],
      gridAxes: [2, 1, 0],
    });
    // (i, j, k) = (20, 12, 9) mm; tensor order is slice, row, column.
    expect(window).toEqual([3, 5, 7]);
    expect(stride).toEqual([2, 2, 3]);
  });

  it('takes windows in voxels as they are given, even ones too, and no length for arrays', () => {
    expect(windowSizeOf({ windowMm: 20, windowVoxels: [4, 6] }, [40, 60], null)).toMatchObject({
      window: [4, 6],
      stride: [2, 3],
    });
    expect(() => windowSizeOf({ windowMm: 12 }, [40, 60], null)).toThrow(/no millimetres/);
    expect(windowSizeOf({ windowMm: 20 }, [40, 60], null)).toMatchObject({ window: [5, 7], assumed: true });
  });
});
