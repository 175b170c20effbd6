import fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDatabase } from '../../../main/engine/job/databases';
import { comparePatients, countDatabase, splitDatabase, type Splitting } from '../../../main/engine/job/splitDatabase';
import { writeDatabase } from '../../../main/engine/job/writeDatabase';
import { Database, patientOfEntry } from '../../../shared/database';

const listOf = (entries: readonly object[], name = 'all'): Database =>
  Database.parse({ schema: 'isolens/database@1', name, entries });

const sizes = (parts: ReadonlyMap<string, Database>): Record<string, number> =>
  Object.fromEntries([...parts].map(([part, { entries }]) => [part, entries.length]));

const four = listOf([
  { study: 'a/1', patient: 'P1', tags: { KVP: 120 } },
  { study: 'b/2', patient: 'P2', tags: { KVP: 100 } },
  { study: 'b/1-again', patient: 'P1', tags: { KVP: 100 } },
  { study: 'b/3' },
]);

describe('a list is split', () => {
  it('by folder and by tag, a patient whole to where the first of their entries goes', () => {
    expect(sizes(splitDatabase(four, { by: 'folder' }))).toEqual({ a: 2, b: 2 });
    expect(sizes(splitDatabase(four, { by: 'tag', tag: 'KVP' }))).toEqual({ 100: 1, 120: 2, without: 1 });
    expect(() => splitDatabase(four, { by: 'tag', tag: 'KV' })).toThrow(/KVP/);
  });

  it('never through a patient, losing none, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 99 }),
        fc.nat(),
        (patients, share, seed) => {
          const list = listOf(patients.map((p, n) => ({ study: `s/${String(n)}`, patient: `P${String(p)}` })));
          const how: Splitting = { by: 'random', shares: [share, 100 - share], seed };
          const parts = splitDatabase(list, how);
          const owners = [...parts.values()].map(({ entries }) => new Set(entries.map(patientOfEntry)));
          const all = owners.flatMap((own) => [...own]);
          expect(new Set(all).size).toBe(all.length);
          expect([...parts.values()].reduce((sum, { entries }) => sum + entries.length, 0)).toBe(patients.length);
          expect(parts.get('1')?.entries.length ?? 0).toBeLessThanOrEqual(patients.length);
          expect(owners[0]?.size === 0).toBe(false);
          expect(splitDatabase(list, how)).toEqual(parts);
        },
      ),
      { numRuns: 60 },
    );
    const hundred = listOf(Array.from({ length: 100 }, (_, n) => ({ study: String(n) })));
    const drawn = (seed: number) => splitDatabase(hundred, { by: 'random', shares: [80, 20], seed });
    expect(sizes(drawn(1))).toEqual({ 1: 80, 2: 20 });
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

describe('lists are counted and compared', () => {
  it('by patients that take part', () => {
    const other = listOf([{ study: 'x', patient: 'P2' }, { study: 'y', patient: 'P9' }, { study: 'z', patient: 'P1', included: false, reason: 'moved' }], 'other'); // prettier-ignore
    expect(comparePatients(four, other)).toEqual({ both: ['P2'], onlyFirst: ['P1', '3'], onlySecond: ['P9'] });
    expect(countDatabase(other).leftOut).toEqual([{ entry: 'z', reason: 'moved' }]);
    expect(countDatabase(four)).toMatchObject({ patients: 3, included: 4, tags: { KVP: { 100: 2, 120: 1 } } });
  });

  it('and saved with paths that start from their own folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isolens-split-'));
    const file = join(folder, 'lists', 'part.json');
    await writeDatabase(file, four, folder);
    const saved = JSON.parse(await readFile(file, 'utf8')) as { entries: { study: string }[] };
    expect(saved.entries[0]?.study).toBe('../a/1');
    expect((await readDatabase(file)).entries).toHaveLength(4);
    await rm(folder, { recursive: true });
  });
});
