import { access, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Job } from '../../../shared/job';
import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { nearestWord, schemaIssueOf } from '../../../shared/schemaIssue';
import type { Analysis, FurtherNetwork } from '../analysis/analysis';
import { analyses } from '../analysis/list';
import { openNetwork } from '../network/open';
import type { LoadedNetwork } from '../network/network';
import { parseRecipe } from '../recipe/readRecipe';
import { withDatabases, type NamedInput } from './databases';
import { idsOf, knownAnalysis, type ReadJob } from './readJob';

export interface PlannedInput extends NamedInput {
  readonly id: string;
}

export interface PlannedAnalysis {
  readonly analysis: Analysis;
  readonly parameters: unknown;
  /** Names of the parameters that the job gives: one that is left out is not one that is given its default. */
  readonly given: ReadonlySet<string>;
  /** Further networks that its parameters name, by parameter. */
  readonly networks: Readonly<Record<string, FurtherNetwork>>;
}

/** A job whose every word is understood: what is left to fail are its inputs. */
export interface Plan {
  readonly job: Job;
  readonly base: string;
  readonly network: LoadedNetwork;
  readonly recipe: Recipe | null;
  readonly inputs: readonly PlannedInput[];
  /** What is said of the job as a whole: studies that its databases leave out. */
  readonly warnings: readonly Warning[];
  readonly analyses: readonly PlannedAnalysis[];
}

/** Where a network's recipe lies when nobody says otherwise: `<name>.recipe.json` beside it. */
export function recipePathOf(network: string): string {
  const folder = ['model.json', 'saved_model.pb', 'config.json'].includes(basename(network))
    ? dirname(network)
    : network;
  const extension = extname(folder);
  return join(dirname(folder), `${basename(folder, /^\.\w+$/.test(extension) ? extension : '')}.recipe.json`);
}

async function there(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    // Not there, or not ours to read: to the user that is the same.
    return false;
  }
}

/** *Problems* job/no-such-file and those of `parseRecipe`. */
export async function recipeAt(file: string): Promise<Recipe> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new IsolensError('job/no-such-file', {}, { file }, cause);
  }
  return parseRecipe(text, file);
}

async function recipeOf(
  job: Job,
  inputs: readonly NamedInput[],
  base: string,
  network: string,
): Promise<Recipe | null> {
  if (job.recipe !== undefined) {
    const file = resolve(base, job.recipe);
    if (!(await there(file))) throw new IsolensError('job/no-such-file', {}, { file: job.recipe, key: 'recipe' });
    return recipeAt(file);
  }
  const beside = recipePathOf(network);
  if (await there(beside)) return recipeAt(beside);
  if (inputs.some(({ spec }) => 'study' in spec))
    throw new IsolensError('job/no-recipe', { expected: basename(beside) }, { file: network });
  return null;
}

/** *Problems* job/unknown-analysis, job/wrong-key, job/wrong-value. */
function plannedAnalysis({ id, parameters }: Job['analyses'][number]): Omit<PlannedAnalysis, 'networks'> {
  const analysis = knownAnalysis(analyses, id);
  const schema = analysis.definition.parameters;
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return { analysis, parameters: parsed.data, given: new Set(Object.keys(parameters)) };
  const issue = schemaIssueOf(parsed.error, schema);
  if (issue.kind === 'unknown-key')
    throw new IsolensError('job/wrong-key', { analysis: id, nearest: issue.nearest }, { key: issue.key });
  throw new IsolensError('job/wrong-value', { analysis: id, reason: issue.reason }, { key: issue.key });
}

/**
 * The networks that an analysis is given beside the one of the job: read for their weights, and closed again. *Problems*
 * job/no-such-file and those of opening a network.
 */
async function furtherNetworks(
  { analysis, parameters }: Pick<PlannedAnalysis, 'analysis' | 'parameters'>,
  base: string,
  signal: AbortSignal | undefined,
): Promise<PlannedAnalysis['networks']> {
  const found: Record<string, FurtherNetwork> = {};
  for (const key of analysis.definition.networks ?? []) {
    const named = (parameters as Record<string, unknown>)[key];
    if (typeof named !== 'string') continue;
    const path = resolve(base, named);
    if (!(await there(path))) throw new IsolensError('job/no-such-file', {}, { file: named, key });
    const network = await openNetwork(path, signal === undefined ? {} : { signal });
    network.close();
    found[key] = { sha256: network.sha256, name: network.name, graph: network.graph };
  }
  return found;
}

/** Nodes that parameters name must be in the network. *Problem* job/wrong-value, with the nearest node. */
function checkNodes(
  { analysis, parameters }: Pick<PlannedAnalysis, 'analysis' | 'parameters'>,
  network: LoadedNetwork,
): void {
  const known = network.graph.nodes.map(({ name }) => name);
  for (const key of ['nodes', 'save']) {
    const named = (parameters as Record<string, unknown>)[key];
    if (!Array.isArray(named)) continue;
    for (const node of named as string[]) {
      if (known.includes(node)) continue;
      const reason = `there is no node "${node}"; the nearest one is "${nearestWord(node, known)}"`;
      throw new IsolensError('job/wrong-value', { analysis: analysis.definition.id, reason }, { key, node });
    }
  }
}

function checkWhole(job: Job): string {
  const known = analyses.map(({ definition }) => definition.id).join(', ');
  if (job.networks !== undefined) throw new IsolensError('job/several-networks', {}, { key: 'networks' });
  if (job.network === undefined) throw new IsolensError('job/no-network', {}, { key: 'network' });
  if (job.analyses.length === 0) throw new IsolensError('job/nothing-to-do', { known }, { key: 'analyses' });
  return job.network;
}

/** Opens a network by its path; the window's engine hands over one that is open already. */
export type NetworkOpener = (path: string, options: { readonly signal?: AbortSignal }) => Promise<LoadedNetwork>;

/**
 * Understands a job whole before anything runs. `recipe`, where given, stands in for the one on the disk (a recipe that the
 * window has just built). *Problems* those of the job's words, the network and the recipe.
 */
export async function planJob(
  { job, base }: ReadJob,
  { open = openNetwork, recipe, signal }: { open?: NetworkOpener; recipe?: Recipe; signal?: AbortSignal } = {},
): Promise<Plan> {
  const named = checkWhole(job);
  const planned = job.analyses.map(plannedAnalysis);
  if (job.inputs.length === 0 && planned.some(({ analysis }) => !analysis.onNetwork))
    throw new IsolensError('job/no-inputs', {}, { key: 'inputs' });
  const path = resolve(base, named);
  if (!(await there(path))) throw new IsolensError('job/no-such-file', {}, { file: named, key: 'network' });
  const listed = await withDatabases(job.inputs, base);
  const found = recipe ?? (await recipeOf(job, listed.inputs, base, path));
  const network = await open(path, signal === undefined ? {} : { signal });
  const steps: PlannedAnalysis[] = [];
  for (const step of planned) {
    checkNodes(step, network);
    steps.push({ ...step, networks: await furtherNetworks(step, base, signal) });
  }
  const ids = idsOf(listed.inputs.map(({ spec }) => spec));
  const inputs = listed.inputs.map((input, n) => ({ ...input, id: ids[n] ?? String(n) }));
  return { job, base, network, recipe: found, inputs, warnings: listed.warnings, analyses: steps };
}
