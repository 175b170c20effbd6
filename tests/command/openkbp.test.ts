import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openkbp } from '../../main/command/openkbp';
import type { Problem } from '../../shared/problem/problem';

const scratch = mkdtempSync(join(tmpdir(), 'isolens-command-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the openkbp command', () => {
  it('ends with 1 and says one problem for each patient that failed', async () => {
    const from = join(scratch, 'csv');
    for (const patient of ['pt_1', 'pt_2']) {
      mkdirSync(join(from, patient), { recursive: true });
      writeFileSync(join(from, patient, 'voxel_dimensions.csv'), '3.5\n3.5\n2.5\n');
      writeFileSync(join(from, patient, 'ct.csv'), ',data\n12,1000\n99999999,3\n');
    }
    const said: Problem[] = [];
    const status = await openkbp({ from, out: join(scratch, 'out') }, (problem) => said.push(problem));
    expect(status).toBe(1);
    expect(said.map(({ code, where }) => [code, where.input])).toEqual([
      ['openkbp/bad-line', 'OKBP-001'],
      ['openkbp/bad-line', 'OKBP-002'],
    ]);
    expect(existsSync(join(scratch, 'out'))).toBe(false);
  });
});
