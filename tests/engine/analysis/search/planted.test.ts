import { describe, expect, it } from 'vitest';
import type { OpenInput } from '../../../../main/engine/analysis/analysis';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { applyAffine, type Vec3 } from '../../../../shared/geometry';
import { structureOf } from '../../../samples/structure';
import { assembledNetwork } from '../assembledNetwork';
import { relu } from '../writtenNetwork';
import { draftOf, evenConvolution, neuronOf, obliqueAffine, placedInput, recipeOf, searched } from './planted';

const size: Vec3 = [15, 13, 11];
const affine = obliqueAffine(20, [0.97, 1.31, 2.5], [-40.5, 12.25, 300]);

interface Bead {
  readonly at: Vec3;
  readonly brightness: number;
}

/** Beads of three voxels a side around `at` (i, j, k), in tensor order [k][j][i]. */
function volumeWith(beads: readonly Bead[]): Float32Array {
  const values = new Float32Array(size[0] * size[1] * size[2]);
  for (const { at, brightness } of beads)
    for (let k = -1; k <= 1; k++)
      for (let j = -1; j <= 1; j++)
        for (let i = -1; i <= 1; i++) values[at[0] + i + size[0] * (at[1] + j + size[1] * (at[2] + k))] = brightness;
  return values;
}

/** P7: each patient has a brightest bead of a brightness of its own and a fainter one; the truth is written here. */
function beadedPatients(seed: number, count: number) {
  const draws = drawsOf(seed, 'beads');
  const truth = Array.from({ length: count }, (_, n) => {
    const bright = {
      at: [2 + draws.below(4), 2 + draws.below(9), 2 + draws.below(7)] as Vec3,
      brightness: 1 + draws.below(40) / 8,
    };
    const faint = {
      at: [9 + draws.below(4), 2 + draws.below(9), 2 + draws.below(7)] as Vec3,
      brightness: bright.brightness * 0.75,
    };
    return { id: `P${String(n)}`, bright, faint };
  });
  return {
    truth,
    strongest: [...truth.keys()].sort(
      (a, b) => (truth[b]?.bright.brightness ?? 0) - (truth[a]?.bright.brightness ?? 0) || a - b,
    ),
  };
}

describe('P7: beads under a matched filter', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'finds them in order, in place, with the box they are seen in (3D, seed %i)',
    async (seed) => {
      const network = await assembledNetwork(
        draftOf([11, 13, 15, 1], [evenConvolution('bead', 'x', 3, 3, { activation: relu })]),
      );
      const recipe = recipeOf(3);
      const { truth, strongest } = beadedPatients(seed, 12);
      const inputs = truth.map(({ id, bright, faint }) =>
        placedInput(id, volumeWith([bright, faint]), size, affine, recipe),
      );
      const { neurons } = await searched(network, inputs, { nodes: ['bead'] }, recipe);
      const { top } = neuronOf(neurons, 'bead');
      expect(top.map(({ input }) => input)).toEqual(strongest.slice(0, 9).map((n) => truth[n]?.id));
      for (const place of top) {
        const { at, brightness } = truth.find(({ id }) => id === place.input)?.bright as Bead;
        expect(place.value).toBeCloseTo(27 * brightness, 4);
        expect(place.position).toEqual([at[2], at[1], at[0]]);
        expect(place.box).toEqual({ start: [at[2] - 1, at[1] - 1, at[0] - 1], size: [3, 3, 3] });
        const mm = applyAffine(affine, at);
        place.centreMm?.forEach((own, axis) => {
          expect(own).toBeCloseTo(mm[axis] as number, 9);
        });
        const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((c) =>
          applyAffine(affine, [
            at[0] + (c & 1 ? 1.5 : -1.5),
            at[1] + (c & 2 ? 1.5 : -1.5),
            at[2] + (c & 4 ? 1.5 : -1.5),
          ]),
        );
        ([0, 1, 2] as const).forEach((axis) => {
          expect(place.boxMm?.min[axis]).toBeCloseTo(Math.min(...corners.map((p) => p[axis])), 9);
          expect(place.boxMm?.max[axis]).toBeCloseTo(Math.max(...corners.map((p) => p[axis])), 9);
        });
      }
      network.close();
    },
  );

  it('keeps places of one patient apart by half a receptive field, so that neighbours of a bead are no second place', async () => {
    const network = await assembledNetwork(
      draftOf([11, 13, 15, 1], [evenConvolution('bead', 'x', 3, 3, { activation: relu })]),
    );
    const recipe = recipeOf(3);
    const { truth } = beadedPatients(11, 3);
    const inputs = truth.map(({ id, bright, faint }) =>
      placedInput(id, volumeWith([bright, faint]), size, affine, recipe),
    );
    const { neurons } = await searched(network, inputs, { perPatient: 2, top: 6 }, recipe);
    const expected = truth
      .flatMap(({ id, bright, faint }) => [bright, faint].map((bead) => ({ id, bead })))
      .sort((a, b) => b.bead.brightness - a.bead.brightness)
      .map(({ id, bead }) => [id, bead.at[2], bead.at[1], bead.at[0]]);
    expect(neuronOf(neurons, 'bead').top.map(({ input, position }) => [input, ...position])).toEqual(expected);
    network.close();
  });

  it.each(['axial', 'coronal'] as const)(
    'finds them in the planes of a 2D network, plane first (%s)',
    async (plane) => {
      const recipe = recipeOf(2, plane);
      const shape = plane === 'axial' ? [13, 15, 1] : [11, 15, 1];
      const network = await assembledNetwork(
        draftOf(shape, [evenConvolution('bead', 'x', 2, 3, { activation: relu })]),
      );
      const at: Vec3 = [5, 7, 4];
      const whole = volumeWith([
        { at: [11, 3, 8], brightness: 1 },
        { at, brightness: 2 },
      ]);
      // One plane alone is brightest.
      const brightest = at[0] + size[0] * (at[1] + size[1] * at[2]);
      whole[brightest] = 2.5;
      const values =
        plane === 'axial'
          ? whole
          : Float32Array.from({ length: whole.length }, (_, n) => {
              const [j, k, i] = [Math.floor(n / (11 * 15)), 10 - (Math.floor(n / 15) % 11), n % 15];
              return whole[i + 15 * (j + 13 * k)] as number;
            });
      const { neurons, volumes } = await searched(
        network,
        [placedInput('A', values, size, affine, recipe)],
        {},
        recipe,
      );
      const [place] = neuronOf(neurons, 'bead').top;
      expect(place?.value).toBeCloseTo(18.5, 5);
      expect(place?.position).toEqual(plane === 'axial' ? [4, 7, 5] : [7, 6, 5]);
      expect(place?.box.size).toEqual([1, 3, 3]);
      applyAffine(affine, at).forEach((mm, axis) => {
        expect(place?.centreMm?.[axis]).toBeCloseTo(mm, 9);
      });
      const crop = volumes.get(`A/crops/${place?.box.start.join('_') ?? ''}-1_3_3`);
      expect(crop?.volume.grid.size).toEqual(plane === 'axial' ? [3, 3, 1] : [3, 1, 3]);
      // The crop lies where the bead lies, and holds what the network saw.
      applyAffine(crop?.volume.grid.affine as typeof affine, plane === 'axial' ? [1, 1, 0] : [1, 0, 1]).forEach(
        (mm, axis) => {
          expect(mm).toBeCloseTo(applyAffine(affine, at)[axis] as number, 9);
        },
      );
      expect([...(crop?.volume.values ?? [])]).toEqual([2, 2, 2, 2, 2.5, 2, 2, 2, 2]);
      network.close();
    },
  );
});

describe('P8: a phantom organ that alone exceeds the threshold', () => {
  /** A cube of voxels i, j 3…6 and k 2…5 as contours half a voxel around their centres. */
  const organ = structureOf(
    [2, 3, 4, 5].map((k) => [2.5, 2.5, k, 6.5, 2.5, k, 6.5, 6.5, k, 2.5, 6.5, k]),
    { name: ' organ ' },
  );
  const plain = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const;
  const share = 64 / (15 * 13 * 11);
  const patients = (dims: 2 | 3): OpenInput[] =>
    Array.from({ length: 10 }, (_, n) => {
      const values = Float32Array.from({ length: 15 * 13 * 11 }, (__, v) => {
        const [i, j, k] = [v % 15, Math.floor(v / 15) % 13, Math.floor(v / 195)];
        return i >= 3 && i <= 6 && j >= 3 && j <= 6 && k >= 2 && k <= 5 ? 300 + n + i : ((v * 7) % 40) - 20;
      });
      return placedInput(`P${String(n)}`, values, size, plain, recipeOf(dims), { structures: [organ] });
    });

  it.each([2, 3] as const)(
    'has IoU 1 with it and lies 1/s times as dense there, at its own share (%iD)',
    async (dims) => {
      const threshold = evenConvolution('t', 'x', dims, 1, { bias: -200, activation: relu });
      const network = await assembledNetwork(draftOf(dims === 3 ? [11, 13, 15, 1] : [13, 15, 1], [threshold]));
      const { neurons, conclusion } = await searched(network, patients(dims), {}, recipeOf(dims));
      const neuron = neuronOf(neurons, 't');
      const [row] = neuron.dissection?.regions ?? [];
      expect(row?.name).toBe('organ');
      expect(row?.share).toBeCloseTo(share, 12);
      expect(row?.matched.iou).toBe(1);
      expect(row?.matched.concentration).toBeCloseTo(1 / share, 9);
      expect(row?.matched.lift).toBeCloseTo((2 - share) / share, 9);
      expect(row?.concentration).toBeCloseTo(1 / share, 9);
      // At 0.5 % the mask is a part of the organ, which is larger.
      expect(neuron.dissection?.maskShare).toBeLessThanOrEqual(0.005);
      expect(row?.iou).toBeCloseTo((neuron.dissection?.maskShare ?? 0) / share, 9);
      expect(neuron.lying[0]).toMatchObject({ name: 'organ', patients: 9, inside: 9 });
      expect(neuron.top[0]?.structures).toEqual([{ name: 'organ', share: 1, centre: true }]);
      expect(conclusion.verdict?.sentence.en).toBe('t · 0 answers most in organ.');
      network.close();
    },
  );

  it('reaches IoU 1 at the threshold itself where the organ is smaller than it', async () => {
    const one = structureOf([[2.5, 2.5, 4, 4.5, 2.5, 4, 4.5, 4.5, 4, 2.5, 4.5, 4]], { name: 'organ' });
    const network = await assembledNetwork(
      draftOf([11, 13, 15, 1], [evenConvolution('t', 'x', 3, 1, { bias: -200, activation: relu })]),
    );
    const inputs = Array.from({ length: 10 }, (_, n) => {
      const values = new Float32Array(15 * 13 * 11).fill(n);
      for (const i of [3, 4]) for (const j of [3, 4]) values[i + 15 * (j + 13 * 4)] = 250 + n;
      return placedInput(`P${String(n)}`, values, size, plain, recipeOf(3), { structures: [one] });
    });
    const { neurons } = await searched(network, inputs, {}, recipeOf(3));
    const [row] = neuronOf(neurons, 't').dissection?.regions ?? [];
    expect(row?.iou).toBe(1);
    expect(row?.concentration).toBeCloseTo((15 * 13 * 11) / 4, 6);
    network.close();
  });
});
