import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inputWriterOf, pathPart } from '../../../main/engine/result/inputWriter';
import { readNpy } from '../../../main/engine/result/npy';
import { readResults } from '../../../main/engine/result/readResults';
import { cleaned, finishedResults, writeResults } from '../../../main/engine/result/writeResults';
import { diskProblem, writeWhole } from '../../../main/engine/result/writeWhole';
import type { Results } from '../../../shared/result';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-result-'));
});
afterAll(() => rm(folder, { recursive: true }));

const results: Results = {
  schema: 'isolens/results@1',
  isolens: '0.1.0',
  backend: { rung: 'native', versions: { tensorflow: '2.9.1' }, threads: 2 },
  job: { schema: 'isolens/job@1' },
  network: { sha256: 'ab', name: 'n' },
  seconds: 1.5,
  analyses: [
    {
      id: 'predict',
      parameters: {},
      verdict: null,
      summary: { metrics: { accuracy: { value: NaN, ci95: [0, 1] }, dice: { value: 0.5, ci95: [0.4, 0.6] } } },
      inputs: [
        {
          id: 'P1',
          values: { outputs: [{ name: 'y', min: -Infinity, max: 3 }], row: Float32Array.of(1, 2) },
          files: {},
          warnings: [],
        },
      ],
    },
  ],
  errors: [],
};

describe('names as parts of a path', () => {
  it('keeps plain names and never leaves its folder', () => {
    expect(pathPart('OKBP-001')).toBe('OKBP-001');
    expect(pathPart('conv2d_3')).toBe('conv2d_3');
    for (const name of ['..', '.', '', 'a/b', 'C:\\x', '../../etc', 'x\u0000y', ' ', '.hidden', 'a'.repeat(300)])
      expect(pathPart(name)).toMatch(/^[^./\\\0][^/\\\0]{0,90}$/);
  });

  it('keeps names apart that would become one', () => {
    expect(pathPart('a b')).not.toBe(pathPart('a:b'));
  });
});

describe('the files of one input', () => {
  it('lie under ANALYSIS/INPUT_ID, whole, with nothing half-written beside them', async () => {
    const writer = inputWriterOf({ folder, analysis: 'maps', input: 'P 1' });
    const path = await writer.array('conv1', Float32Array.of(1, 2, 3, 4), [2, 2]);
    expect(path).toBe(`maps/${pathPart('P 1')}/conv1.npy`);
    expect(readNpy(await readFile(join(folder, path)), path)).toEqual({
      shape: [2, 2],
      values: Float32Array.of(1, 2, 3, 4),
    });
    const nested = await writer.array('maps/outer/inner', Uint8Array.of(1), [1]);
    expect(nested).toBe(`maps/${pathPart('P 1')}/maps/outer/inner.npy`);
    const left = await readdir(folder, { recursive: true });
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('say in one sentence that the disk is full, or that the folder cannot be written', async () => {
    const full = Object.assign(new Error('x'), { code: 'ENOSPC' });
    expect(diskProblem(full, 'a.nrrd').problem).toMatchObject({ code: 'result/disk-full', facts: { file: 'a.nrrd' } });
    await writeFile(join(folder, 'a-file'), '');
    await expect(writeWhole(join(folder, 'a-file', 'below'), ['x'], 'below')).rejects.toThrow(
      /below could not be saved/,
    );
  });
});

describe('results.json', () => {
  it('holds null for what is not a finite number, and says so beside it', () => {
    const { analyses } = finishedResults(results);
    expect(analyses[0]!.summary).toEqual({ metrics: { accuracy: null, dice: { value: 0.5, ci95: [0.4, 0.6] } } });
    expect(analyses[0]!.warnings).toMatchObject([{ code: 'result/not-finite' }]);
    expect(analyses[0]!.inputs[0]!.values).toEqual({ outputs: [{ name: 'y', min: null, max: 3 }], row: [1, 2] });
    expect(analyses[0]!.inputs[0]!.warnings[0]!.message).toContain('outputs[0].min');
    expect(cleaned({ a: undefined, b: 1 }).value).toEqual({ b: 1 });
  });

  it('is read back as it was written, and refused when it is something else', async () => {
    await writeResults(folder, results);
    expect(await readResults(folder)).toEqual(finishedResults(results));
    const other = await mkdtemp(join(folder, 'other-'));
    await expect(readResults(other)).rejects.toThrow(/is not there/);
    await writeFile(join(other, 'results.json'), '{"schema":"isolens/results@1","sconds":3}');
    await expect(readResults(other)).rejects.toThrow(/sconds/);
  });
});
