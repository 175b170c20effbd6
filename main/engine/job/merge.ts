import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Job, Progress } from '../../../shared/job';
import { IsolensError, problemOf } from '../../../shared/problem/problem';
import type { Results } from '../../../shared/result';
import type { Language } from '../../../shared/words';
import { pathPart } from '../result/inputWriter';
import { diskProblem } from '../result/writeWhole';
import { findAlone } from './alone';
import { atEnd } from './atEnd';
import { startBackend } from './backend';
import { memoryBudget } from './memoryBudget';
import { concluded, noOutcome, type InputOutcome } from './outcome';
import { partCache, partsFolder } from './partCache';
import { closePlan, planJob, type NetworkOpener, type Plan } from './plan';
import { checkJob } from './readJob';
import { resultFolder } from './resultFolder';
import { errorEntryOf } from './errorEntry';
import { mostIllustrated } from './run';
import { illustrationOf } from './stepContext';
import { contentOf, forgetShard, readShard, wholeSet, type ShardRecord } from './shard';

export interface MergeOptions {
  readonly out: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly language?: Language;
  /** How networks are opened, where not from the disk. */
  readonly open?: NetworkOpener;
}

export interface MergeOutcome {
  readonly results: Results;
  /** Path of report.html. */
  readonly report: string;
}

interface FoundShard {
  readonly folder: string;
  readonly record: ShardRecord;
}

/** Copies a folder's files into another, whole folders deep; what is there under the same name is replaced. */
async function copyBelow(from: string, to: string, signal: AbortSignal): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    signal.throwIfAborted();
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyBelow(source, target, signal);
    // Disks that can share the blocks of two files copy nothing.
    else if (entry.isFile()) await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

/** The files of a shard: what its analyses saved, and its parts. */
async function takeFiles(from: string, out: string, plan: Plan, signal: AbortSignal): Promise<void> {
  const folders = [partsFolder, ...plan.analyses.map(({ analysis }) => pathPart(analysis.definition.id))];
  try {
    for (const name of new Set(folders)) await copyBelow(join(from, name), join(out, name), signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw diskProblem(thrown, out);
  }
}

/** *Problem* job/broken-shard: a part that it names is not there. */
async function outcomesOf({ folder, record }: FoundShard, plan: Plan): Promise<InputOutcome[]> {
  const cache = partCache(folder);
  const outcomes: InputOutcome[] = [];
  for (const { n, parts, errors } of record.inputs) {
    const input = plan.inputs[n];
    const broken = (): IsolensError =>
      new IsolensError('job/broken-shard', { folder, input: input?.id ?? String(n + 1) }, { file: folder });
    if (!input || parts.length !== plan.analyses.length) throw broken();
    const outcome = noOutcome(plan, n);
    outcome.errors.push(...errors);
    for (const [at, name] of parts.entries()) {
      if (name === null) continue;
      const part = await cache.find(name);
      if (part === null) throw broken();
      outcome.parts[at] = cache.held(name, part);
      outcome.names[at] = name;
      const pictures = n < mostIllustrated ? await cache.picturesOf(name) : null;
      if (pictures) outcome.illustrations.push(illustrationOf(plan, at, input.id, pictures));
    }
    outcomes.push(outcome);
  }
  return outcomes;
}

async function planned({ record, folder }: FoundShard, job: Job, { open, signal }: MergeOptions): Promise<Plan> {
  const plan = await planJob({ job, base: record.base }, { signal, ...(open ? { open } : {}) });
  if (contentOf(plan, record.job) === record.content) return plan;
  closePlan(plan);
  throw new IsolensError('job/changed-since', { base: record.base }, { file: folder });
}

/**
 * Puts the shards of one job together: the results that one run would have given, with the files that it would have saved. The network
 * is opened, its inputs are not. *Problems* job/not-a-shard, job/foreign-shard, job/doubled-shard, job/missing-shard, job/broken-shard,
 * job/changed-since, and those of opening the network.
 */
export async function mergeShards(folders: readonly string[], options: MergeOptions): Promise<MergeOutcome> {
  const { out, signal, progress, language = 'en', open } = options;
  const inside = folders.find((folder) => resolve(folder) === resolve(out));
  if (inside !== undefined) throw new IsolensError('job/merge-into-shard', { folder: inside }, { file: inside });
  const found: FoundShard[] = [];
  for (const folder of folders) found.push({ folder, record: await readShard(folder) });
  const shards = wholeSet(found);
  const [first] = shards as readonly [FoundShard];
  const job = checkJob(first.record.job);
  const folder = await resultFolder(out, job, language);
  let plan: Plan;
  try {
    if (!open) await startBackend(undefined);
    plan = await planned(first, job, options);
  } catch (thrown) {
    await folder.save({ ...folder.heading(null), seconds: 0, analyses: [], errors: [errorEntryOf(problemOf(thrown))] });
    throw thrown;
  }
  try {
    const outcomes: InputOutcome[] = [];
    for (const [n, shard] of shards.entries()) {
      progress({ stage: 'merging', done: n, total: shards.length, secondsLeft: null });
      await takeFiles(shard.folder, folder.path, plan, signal);
      outcomes.push(...(await outcomesOf(shard, plan)));
    }
    await forgetShard(folder.path);
    const context = {
      network: plan.network,
      recipe: plan.recipe,
      memoryBytes: memoryBudget(),
      inputCount: plan.inputs.length,
    };
    // Found among the parts of the shards: each of them has looked at the network alone.
    const ending = { folder, signal, resume: true, progress, context, cache: partCache(folder.path) };
    const alone = await atEnd(plan, outcomes, await findAlone(plan, ending), ending);
    const { analyses, errors } = concluded(plan, outcomes, context, alone.parts, folder.path);
    const results: Results = {
      ...folder.heading(plan),
      seconds: shards.reduce((sum, { record }) => sum + record.seconds, 0),
      analyses,
      errors: [...alone.errors, ...errors],
      ...(plan.warnings.length > 0 ? { warnings: [...plan.warnings] } : {}),
    };
    await folder.save(results);
    const ordered = outcomes.sort((a, b) => a.n - b.n);
    await folder.report(
      results,
      ordered.flatMap(({ illustrations }) => illustrations),
    );
    return { results, report: folder.reportPath };
  } finally {
    closePlan(plan);
  }
}
