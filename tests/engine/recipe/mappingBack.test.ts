import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkInput } from '../../../main/engine/recipe/networkInput';
import type { PreparedInput } from '../../../main/engine/recipe/preparedInput';
import { prepareStudy } from '../../../main/engine/recipe/prepareStudy';
import { readRecipe } from '../../../main/engine/recipe/readRecipe';
import { applyAffine, affineOf, cross, invert, length, scale, subtract, type Vec3 } from '../../../shared/geometry';
import { voxelCount, type Grid } from '../../../shared/volume';
import { imageOf, studyOf } from './study';

const anySize: NetworkInput = { name: 'x', shape: null, multiple: [1, 1, 1] };
const unit = (v: Vec3): Vec3 => scale(v, 1 / length(v));

/** Stacks as scanners store them: any spacing, oblique, head or feet first, slices either way, sheared by a gantry tilt. */
const storedGrid: fc.Arbitrary<Grid> = fc
  .record({
    row: fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    aside: fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    straight: fc.constantFrom<[Vec3, Vec3] | null>(null, [[1, 0, 0], [0, 1, 0]], [[-1, 0, 0], [0, -1, 0]], [[-1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 0, -1]]),
    spacing: fc.tuple(fc.double({ min: 0.5, max: 3, noNaN: true }), fc.double({ min: 0.5, max: 3, noNaN: true }), fc.double({ min: 0.8, max: 5, noNaN: true })),
    tilt: fc.constantFrom(0, 0.3),
    downwards: fc.boolean(),
    origin: fc.tuple(fc.double({ min: -200, max: 200, noNaN: true }), fc.double({ min: -200, max: 200, noNaN: true }), fc.double({ min: -200, max: 200, noNaN: true })),
    size: fc.tuple(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 6 })),
  })
  .filter(({ row, aside }) => length(row) > 0.2 && length(cross(row, aside)) > 0.2)
  .map(({ row, aside, straight, spacing, tilt, downwards, origin, size }) => {
    const r = straight?.[0] ?? unit(row);
    const n0 = straight === null ? unit(cross(row, aside)) : cross(straight[0], straight[1]);
    const c = straight?.[1] ?? cross(n0, r);
    const n = scale(n0, downwards ? -1 : 1);
    const k: Vec3 = [
      spacing[2] * (n[0] + tilt * c[0]),
      spacing[2] * (n[1] + tilt * c[1]),
      spacing[2] * (n[2] + tilt * c[2]),
    ];
    return { size, affine: affineOf(scale(r, spacing[0]), scale(c, spacing[1]), k, origin) };
  }); // prettier-ignore

const orientations = ['LPS', 'RAS', 'LAI', 'PSL', 'IRA', 'SPL'] as const;

const someRecipe = fc.record({
  dims: fc.constantFrom(2 as const, 3 as const),
  plane: fc.constantFrom('axial' as const, 'coronal' as const, 'sagittal' as const),
  context: fc.integer({ min: 0, max: 2 }),
  orientation: fc.constantFrom(...orientations),
  size: fc.tuple(
    fc.option(fc.integer({ min: 1, max: 9 })),
    fc.option(fc.integer({ min: 1, max: 9 })),
    fc.option(fc.integer({ min: 1, max: 9 })),
  ),
  shift: fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 })),
});
type SomeRecipe = typeof someRecipe extends fc.Arbitrary<infer R> ? R : never;

const recipeOf = (r: SomeRecipe, spacingMm: unknown, stored: Grid) => {
  const middle = applyAffine(stored.affine, [stored.size[0] / 2, stored.size[1] / 2, stored.size[2] / 2]);
  return readRecipe(
    {
      schema: 'isolens/recipe@1',
      dims: r.dims,
      ...(r.dims === 2 ? { plane: r.plane, context: r.context } : {}),
      orientation: r.orientation,
      grid: {
        spacingMm,
        size: r.size,
        centre: { mm: [middle[0] + r.shift[0], middle[1] + r.shift[1], middle[2] + r.shift[2]] },
      },
      channels: [{ image: 'CT', outside: -7777 }],
      output: { kind: 'regression', quantity: 'dose' },
    },
    'x',
  );
};

const prepare = (stored: Grid, values: Float32Array, recipe: ReturnType<typeof readRecipe>): Promise<PreparedInput> =>
  prepareStudy(studyOf({ images: [imageOf(stored, values)] }), recipe, anySize, { id: 'a', patient: 'a' });

/** A volume whose every voxel holds one of its own coordinates in mm: what is exact for any linear field. */
const coordinate = (grid: Grid, axis: 0 | 1 | 2): Float32Array => {
  const values = new Float32Array(voxelCount(grid));
  const [nx, ny, nz] = grid.size;
  for (let k = 0, v = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, v++) values[v] = applyAffine(grid.affine, [i, j, k])[axis];
  return values;
};

const spatialOf = ({ array, dims }: PreparedInput): readonly number[] =>
  dims === 3 ? array.shape.slice(1, 4) : array.shape.slice(0, 3);

const channelOf = ({ array }: PreparedInput, channel: number): Float32Array => {
  const depth = array.shape.at(-1)!;
  return array.values.filter((_, n) => n % depth === channel);
};

const pointOf = (grid: Grid, voxel: number): Vec3 =>
  applyAffine(grid.affine, [
    voxel % grid.size[0],
    Math.floor(voxel / grid.size[0]) % grid.size[1],
    Math.floor(voxel / (grid.size[0] * grid.size[1])),
  ]);

const here = { step: [1, 1, 1], start: [0, 0, 0] };

describe('the way back from network voxels to the patient', () => {
  it('renames the stored voxels of a native grid, bit for bit, and pads with the outside value', async () => {
    await fc.assert(
      fc.asyncProperty(storedGrid, someRecipe, async (stored, r) => {
        const values = Float32Array.from({ length: voxelCount(stored) }, (_, n) => n * 1.37 + 0.1);
        const prepared = await prepare(stored, values, recipeOf(r, 'native', stored));
        const middle = prepared.dims === 2 ? r.context : 0;
        const volume = prepared.toVolume(channelOf(prepared, middle), { shape: spatialOf(prepared), ...here });
        expect(volume.grid).toEqual(prepared.grid);
        const back = invert(stored.affine);
        const [nx, ny, nz] = stored.size;
        for (let v = 0; v < volume.values.length; v++) {
          const index = applyAffine(back, pointOf(volume.grid, v));
          const [i, j, k] = index.map(Math.round) as [number, number, number];
          expect(Math.hypot(index[0] - i, index[1] - j, index[2] - k)).toBeLessThan(1e-6);
          const inside = i >= 0 && i < nx && j >= 0 && j < ny && k >= 0 && k < nz;
          expect(volume.values[v]).toBe(inside ? values[i + nx * (j + ny * k)] : -7777);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('puts each voxel of a resampled grid, of its neighbour planes and of coarser maps on its own millimetres', async () => {
    await fc.assert(
      fc.asyncProperty(
        storedGrid,
        someRecipe,
        fc.tuple(fc.constantFrom(1, 1.7, 3), fc.constantFrom(0.9, 2), fc.constantFrom(1.1, 2.5)),
        async (stored, r, spacingMm) => {
          const recipe = recipeOf(r, spacingMm, stored);
          const seen: PreparedInput[] = [];
          for (const axis of [0, 1, 2] as const) seen.push(await prepare(stored, coordinate(stored, axis), recipe));
          const x = seen[0]!;
          const spatial = spatialOf(x);
          const middle = x.dims === 2 ? r.context : 0;
          const coordinates = (channel: number) => seen.map((prepared) => channelOf(prepared, channel));
          const volumes = coordinates(middle).map((values) => x.toVolume(values, { shape: spatial, ...here }));
          // Inside the outermost stored centres trilinear interpolation of a linear field is the field itself.
          const inHull = (point: Vec3): boolean =>
            applyAffine(invert(stored.affine), point).every((n, axis) => n >= 0 && n <= stored.size[axis]! - 1);
          const { grid } = volumes[0]!;
          for (let v = 0; v < volumes[0]!.values.length; v++) {
            const point = pointOf(grid, v);
            if (!inHull(point)) continue;
            const found = volumes.map(({ values }) => values[v]!) as unknown as Vec3;
            expect(length(subtract(found, point))).toBeLessThan(1e-3);
          }
          // Neighbour planes: channel offset o of plane p is the middle channel of plane p + o.
          const [planes, rows, columns] = spatial as [number, number, number];
          for (let offset = -middle; offset <= middle; offset++) {
            const moved = channelOf(x, middle + offset);
            const still = channelOf(x, middle);
            const area = rows * columns;
            for (let p = Math.max(0, -offset); p < Math.min(planes, planes - offset); p++)
              expect(moved.subarray(p * area, (p + 1) * area)).toEqual(
                still.subarray((p + offset) * area, (p + offset + 1) * area),
              );
          }
          // A map pooled by two along the network's axes is centred on the mean of the voxels under it.
          const half = [x.dims === 3 ? planes >> 1 : planes, rows >> 1, columns >> 1] as const;
          if (half.some((n) => n === 0)) return;
          const pooled = coordinates(middle).map((values) => {
            const small = new Float32Array(half[0] * half[1] * half[2]);
            const depth = x.dims === 3 ? 2 : 1;
            for (let p = 0, to = 0; p < half[0]; p++)
              for (let row = 0; row < half[1]; row++)
                for (let column = 0; column < half[2]; column++, to++)
                  for (let a = 0; a < depth; a++)
                    for (const [b, c] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const)
                      small[to]! += values[((p * depth + a) * rows + 2 * row + b) * columns + 2 * column + c]! / (4 * depth);
            return small;
          }); // prettier-ignore
          const axes = x.dims;
          const coarse = pooled.map((values) =>
            x.toVolume(values, { shape: [...half], step: Array(axes).fill(2), start: Array(axes).fill(0.5) }),
          );
          const steps = volumes[0]!.grid.affine;
          const reach = Math.hypot(...steps.slice(0, 3), ...steps.slice(4, 7), ...steps.slice(8, 11));
          for (let v = 0; v < coarse[0]!.values.length; v++) {
            const point = pointOf(coarse[0]!.grid, v);
            const near = [-1, 1].flatMap((s) =>
              [0, 1, 2].map((a) => point.map((c, n) => (n === a ? c + s * reach : c))),
            );
            if (!near.every((corner) => inHull(corner as unknown as Vec3))) continue;
            const found = coarse.map(({ values }) => values[v]!) as unknown as Vec3;
            expect(length(subtract(found, point))).toBeLessThan(2e-3);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a marker voxel again at the network voxel that its trilinear weight reaches most', async () => {
    await fc.assert(
      fc.asyncProperty(storedGrid, someRecipe, fc.nat(), async (stored, r, seed) => {
        const values = new Float32Array(voxelCount(stored));
        // Not on the border, whose value goes on for half a voxel: there the brightest place is no single point.
        const [nx, ny, nz] = stored.size;
        fc.pre(nx > 2 && ny > 2 && nz > 2);
        const marker = 1 + (seed % (nx - 2)) + nx * (1 + (seed % (ny - 2)) + ny * (1 + (seed % (nz - 2))));
        values[marker] = 1000;
        const recipe = recipeOf({ ...r, size: [null, null, null] }, [0.4, 0.4, 0.4], stored);
        const prepared = await prepare(stored, values, recipe);
        const tensor = channelOf(prepared, prepared.dims === 2 ? r.context : 0);
        const peak = tensor.reduce((best, value, n) => (value > tensor[best]! ? n : best), 0);
        const hot = new Float32Array(tensor.length);
        hot[peak] = 1;
        const map = prepared.toVolume(hot, { shape: spatialOf(prepared), ...here });
        // Stored grids may be sheared: the brightest place is the nearest by index, not always by millimetres.
        const toIndex = invert(stored.affine);
        const [i, j, k] = applyAffine(toIndex, pointOf(stored, marker));
        const weight = (v: number): number => {
          const [x, y, z] = applyAffine(toIndex, pointOf(map.grid, v));
          return [x - i, y - j, z - k].reduce((share, off) => share * Math.max(0, 1 - Math.abs(off)), 1);
        };
        const most = map.values.reduce((best, _, v) => Math.max(best, weight(v)), 0);
        expect(most).toBeGreaterThan(0);
        expect(weight(map.values.indexOf(1))).toBeGreaterThan(most - 1e-6);
      }),
      { numRuns: 25 },
    );
  });
});
