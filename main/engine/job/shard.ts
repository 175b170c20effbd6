import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { IsolensError } from '../../../shared/problem/problem';
import { ErrorEntry, type Shard } from '../../../shared/result';
import { writeWhole } from '../result/writeWhole';
import type { InputOutcome } from './outcome';
import { partsFolder } from './partCache';
import type { Plan } from './plan';

/** Takes every N-th input: of I/N those at I, I + N, I + 2N … counted from 1. Without a shard all. */
export const inShard = (n: number, shard: Shard | undefined): boolean =>
  shard === undefined || n % shard.count === shard.index - 1;

/** The same value as text, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : held,
  );
}

/** What a job is, by what it says and what its network and recipe hold: where it lies and what it is called do not matter. */
export function contentOf({ network, recipe, inputs, analyses, compared }: Plan, job: unknown): string {
  const asked = analyses.map(({ analysis: { definition }, parameters }) => [
    definition.id,
    definition.version,
    parameters,
  ]);
  const others = compared?.networks.map((own) => [own.name, own.network.sha256, own.recipe]) ?? [];
  const ids = inputs.map(({ id }) => id);
  return createHash('sha256')
    .update(canonical([job, network.sha256, recipe, ids, asked, ...others]))
    .digest('hex');
}

const ShardRecord = z.strictObject({
  schema: z.literal('isolens/shard@1'),
  index: z.number().int().min(1),
  count: z.number().int().min(1),
  content: z.string(),
  /** The folder that the job's relative paths start from. */
  base: z.string(),
  seconds: z.number(),
  job: z.unknown(),
  inputs: z.array(
    z.strictObject({
      n: z.number().int().nonnegative(),
      parts: z.array(z.string().nullable()),
      errors: z.array(ErrorEntry),
    }),
  ),
});
/** What `merge` needs to know of one shard: its inputs, by the job's order, where their parts lie and what failed. */
export type ShardRecord = z.infer<typeof ShardRecord>;

const recordName = 'shard.json';
const recordPath = (folder: string): string => join(folder, partsFolder, recordName);

export interface FinishedShard {
  readonly plan: Plan;
  readonly shard: Shard;
  readonly outcomes: readonly InputOutcome[];
  readonly job: unknown;
  readonly seconds: number;
}

/** Written last: a folder without it holds no finished shard. */
export async function saveShard(folder: string, { plan, shard, outcomes, job, seconds }: FinishedShard): Promise<void> {
  const record: ShardRecord = {
    schema: 'isolens/shard@1',
    ...shard,
    content: contentOf(plan, job),
    base: plan.base,
    seconds,
    job,
    inputs: outcomes.map(({ n, names, errors }) => ({ n, parts: [...names], errors: [...errors] })),
  };
  await writeWhole(recordPath(folder), [`${JSON.stringify(record)}\n`], recordName);
}

/** A folder that is run again holds no finished shard until it is done. */
export const forgetShard = (folder: string): Promise<void> => rm(recordPath(folder), { force: true });

/** *Problems* job/not-a-shard. */
export async function readShard(folder: string): Promise<ShardRecord> {
  try {
    return ShardRecord.parse(JSON.parse(await readFile(recordPath(folder), 'utf8')));
  } catch (cause) {
    throw new IsolensError('job/not-a-shard', { folder }, { file: folder }, cause);
  }
}

/**
 * The shards in their order. *Problems* job/foreign-shard, job/doubled-shard, job/missing-shard.
 */
export function wholeSet<S extends { readonly folder: string; readonly record: ShardRecord }>(
  shards: readonly S[],
): readonly S[] {
  const [first] = shards;
  if (!first) throw new IsolensError('job/missing-shard', { missing: '1', count: 1 });
  const { count, content } = first.record;
  const found = new Map<number, S>();
  for (const shard of shards) {
    const { record, folder } = shard;
    if (record.content !== content || record.count !== count)
      throw new IsolensError('job/foreign-shard', { folder, other: first.folder }, { file: folder });
    const twin = found.get(record.index);
    if (twin)
      throw new IsolensError(
        'job/doubled-shard',
        { folder, other: twin.folder, index: record.index, count },
        { file: folder },
      );
    found.set(record.index, shard);
  }
  const missing = Array.from({ length: count }, (_, n) => n + 1).filter((index) => !found.has(index));
  if (missing.length > 0)
    throw new IsolensError('job/missing-shard', { missing: missing.join(', '), count }, { key: '--shard' });
  return [...found.values()].sort((a, b) => a.record.index - b.record.index);
}
