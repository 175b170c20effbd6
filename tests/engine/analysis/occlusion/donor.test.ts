import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FurtherStudy } from '../../../../main/engine/analysis/analysis';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import { namedStudies, studyFingerprints, studyOpener } from '../../../../main/engine/job/furtherStudies';
import type { Vec3 } from '../../../../shared/geometry';
import type { JobInput } from '../../../../shared/job';
import type { Structure } from '../../../../shared/structure';
import { imageOf, studyOf } from '../../recipe/study';
import { arrayInput, contextOf, writtenNetwork } from '../writtenNetwork';
import { affine, body, box, indexOf, opened, recipeOf, size, voxels, type Index } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = size;
const [from, to]: readonly [Index, Index] = [[4, 3, 2], [6, 5, 4]]; // prettier-ignore
const inside = (v: number, by = 0): boolean => {
  const [i, j, k] = indexOf(v);
  return i >= from[0] + by && i <= to[0] + by && j >= from[1] && j <= to[1] && k >= from[2] && k <= to[2];
};
const structures = [body, box('Organ', 'ORGAN', from, to)];
const hu = (organ: number, by = 0): Int16Array =>
  Int16Array.from({ length: voxels }, (_, v) => (inside(v, by) ? organ : v % 50));

const moved = (structure: Structure, [x, y, z]: Vec3): Structure => ({
  ...structure,
  contours: structure.contours.map((contour) => ({
    ...contour,
    points: contour.points.map((value, n) => value + ([x, y, z][n % 3] ?? 0)),
  })),
});

/** Another patient: the same body elsewhere in space, with an organ of its own HU, `by` voxels to the side. */
function donor(organ: number, at: Vec3, by = 0): FurtherStudy {
  const own: Index[] = [[from[0] + by, from[1], from[2]], [to[0] + by, to[1], to[2]]]; // prettier-ignore
  const [m, n] = own;
  const grid = { size: [...size] as [number, number, number], affine: translated(at) };
  const study = studyOf({
    images: [imageOf(grid, hu(organ, by))],
    structures: [body, box('Organ', 'ORGAN', m ?? from, n ?? to)].map((structure) => moved(structure, at)),
  });
  return { study: { ...study, summary: { ...study.summary, id: 'other' } }, series: undefined, patient: 'P2' };
}
const translated = ([x, y, z]: Vec3): typeof affine => [
  ...affine.slice(0, 3), affine[3] + x, ...affine.slice(4, 7), affine[7] + y, ...affine.slice(8, 11), affine[11] + z, 0, 0, 0, 1,
] as unknown as typeof affine; // prettier-ignore

/** The mean of the organ's voxels. */
const looking = writtenNetwork(
  [nz, ny, nx, 1],
  [
    {
      name: 'y',
      inputs: ['x'],
      shape: [1],
      compute: ([x = new Float32Array(0)]) => [x.reduce((sum, value, v) => sum + (inside(v) ? value : 0), 0) / 27],
    },
  ],
);
const network = {
  ...looking,
  description: {
    ...looking.description,
    network: { ...looking.description.network, inputs: [{ name: 'x', shape: [null, nz, ny, nx, 1] }] },
  },
};
const recipe = recipeOf({ dims: 3 });

async function transplant(given: FurtherStudy | null, more: Record<string, unknown> = {}) {
  const input = await opened(recipe, [null, nz, ny, nx, 1], structures, hu(-200));
  const context = contextOf(network, { recipe, ...(given ? { studies: () => Promise.resolve(given) } : {}) });
  // Windows of the organ’s size, one of which lies on it exactly: (2, 3, 4) in tensor order.
  const asked = { windowVoxels: 3, strideVoxels: 1, fill: { donor: 'P2' }, target: { output: 0, channel: 0 }, game: false, ...more }; // prettier-ignore
  const run = await occlude(input, context, asked);
  const [, rows = 1, columns = 1] = run.values.lattice.count;
  return { ...run, onOrgan: run.drops[(2 * rows + 3) * columns + 4] };
}

describe('a donor’s tissue as filling', () => {
  it('makes the answer follow the transplanted organ, wherever the donor lies in space', async () => {
    const at: Vec3 = [70, -55, 120];
    const { onOrgan, values, part } = await transplant(donor(500, at));
    // HU −200 and 500 on [−1000, 1000] → [0, 1].
    expect(onOrgan).toBeCloseTo((-200 - 500) / 2000, 5);
    const other = await transplant(donor(-700, at));
    expect(other.onOrgan).toBeCloseTo((-200 + 700) / 2000, 5);
    expect(values.donors).toHaveLength(1);
    expect(values.donors?.[0]).toMatchObject({ donor: 'P2', alignedBy: 'body' });
    values.donors?.[0]?.shiftMm.forEach((mm, axis) => expect(mm).toBeCloseTo(at[axis] ?? NaN, 6));
    expect(values.fill).toBe('donor P2');
    expect(part.result.warnings).toEqual([]);
  });

  it('lays the donor by the structure in question where one is named', async () => {
    // The donor’s organ lies one voxel (3 mm) to the side: by the body a third of it misses.
    const at: Vec3 = [10, 0, 0];
    const byBody = await transplant(donor(500, at, 1));
    expect(byBody.onOrgan).not.toBeCloseTo((-200 - 500) / 2000, 3);
    const byOrgan = await transplant(donor(500, at, 1), { structure: 'Organ' });
    expect(byOrgan.onOrgan).toBeCloseTo((-200 - 500) / 2000, 5);
    expect(byOrgan.values.donors?.[0]?.alignedBy).toBe('Organ');
    expect(byOrgan.values.donors?.[0]?.shiftMm[0]).toBeCloseTo(13, 6);
  });

  it('stands beside other fillings under its name', async () => {
    const { values, arrays } = await transplant(donor(500, [0, 0, 1]), { fill: ['local-mean', { donor: 'P2' }] });
    expect(values.fillAgreement).not.toBeNull();
    expect([...arrays.keys()]).toContain('donor_P2-drops');
  });

  it('is only for studies, of another patient, that can be found', async () => {
    await expect(transplant(null)).rejects.toMatchObject({ problem: { code: 'analysis/no-donor' } });
    const own = { ...donor(500, [0, 0, 0]), patient: 'P1' };
    await expect(transplant(own)).rejects.toMatchObject({ problem: { code: 'analysis/donor-is-patient' } });
    const array = arrayInput(new Float32Array(voxels), [nz, ny, nx, 1]);
    await expect(
      occlude(array, contextOf(network, { recipe }), {
        windowVoxels: 3,
        fill: { donor: 'P2' },
        target: { output: 0, channel: 0 },
      }),
    ).rejects.toMatchObject({ problem: { code: 'analysis/donor-needs-study' } });
  });
});

describe('the studies that parameters name', () => {
  const parameters = (fill: unknown) => occlusion.definition.parameters.parse({ fill });
  const input = (id: string, spec: JobInput) => ({ id, spec });

  it('are inputs of the job by their id, else folders; anything else is said before a run', async () => {
    const base = await mkdtemp(join(tmpdir(), 'isolens-donor-'));
    try {
      const inputs = [input('A', { study: 'patients/A' }), input('x', { array: 'x.npy' })];
      const named = (fill: unknown) => namedStudies(occlusion, parameters(fill), inputs, base);
      expect(named(['blur', { donor: 'A' }, { donor: '.' }, { donor: 'A' }])).toEqual(
        new Map([
          ['A', inputs[0]],
          ['.', { id: '.', spec: { study: '.' } }],
        ]),
      );
      expect(named('blur').size).toBe(0);
      for (const unknown of ['B', 'x'])
        expect(() => named({ donor: unknown })).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'analysis/no-donor' }) as unknown })); // prettier-ignore
      // A folder without DICOM fails when it is read, and what lies in it is part of what a result hangs on.
      await expect(studyOpener(named({ donor: '.' }), base, new AbortController().signal)('.')).rejects.toThrow();
      const prints = await studyFingerprints(named({ donor: '.' }), base, new AbortController().signal);
      expect(Object.keys(prints)).toEqual(['.']);
    } finally {
      await rm(base, { recursive: true });
    }
  });
});
