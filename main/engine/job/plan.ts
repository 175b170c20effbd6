import { access, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Job } from '../../../shared/job';
import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { nearestWord, schemaIssueOf } from '../../../shared/schemaIssue';
import type { Analysis, FurtherNetwork } from '../analysis/analysis';
import { analyses } from '../analysis/list';
import { maps } from '../../../shared/analysis/maps';
import type { CompareParameters } from '../../../shared/analysis/compare';
import { openNetwork } from '../network/open';
import type { LoadedNetwork } from '../network/network';
import { parseRecipe } from '../recipe/readRecipe';
import { withDatabases, type NamedInput } from './databases';
import { namedStudies, type NamedStudies } from './furtherStudies';
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
  /** Further studies that its parameters name. */
  readonly studies?: NamedStudies;
  /** The one of several networks that it is run for: what it finds is handed to the analysis that compares. */
  readonly of?: NamedNetwork;
}

/** One of the networks that a job names to compare them. */
export interface NamedNetwork {
  readonly name: string;
  /** The recipe that it is a run of, where the job says so. */
  readonly group?: string;
  readonly network: LoadedNetwork;
  readonly recipe: Recipe | null;
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
  /** The networks that are compared, in the job's order; `network` is then the one that the others are held against. */
  readonly compared?: {
    readonly networks: readonly NamedNetwork[];
    readonly analyses: readonly string[];
    readonly leftOut: readonly string[];
  };
}

/** Frees the weights of every network of a plan. */
export function closePlan({ network, compared }: Plan): void {
  for (const own of new Set([network, ...(compared?.networks.map((named) => named.network) ?? [])])) own.close();
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
  job: { readonly recipe?: string | undefined },
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

/** The path of the one network. *Problems* job/no-network, job/several-networks. */
function networkOf(job: Job): string {
  if (job.networks !== undefined) throw new IsolensError('job/several-networks', {}, { key: 'networks' });
  if (job.network === undefined) throw new IsolensError('job/no-network', {}, { key: 'network' });
  return job.network;
}

/** Opens a network by its path; the window's engine hands over one that is open already. */
export type NetworkOpener = (path: string, options: { readonly signal?: AbortSignal }) => Promise<LoadedNetwork>;

interface PlanOptions {
  readonly open?: NetworkOpener;
  /** Stands in for the recipe on the disk: one that the window has just built. */
  readonly recipe?: Recipe;
  /** The same for one of several networks, by its path. */
  readonly recipeFor?: (path: string) => Recipe | null;
  readonly signal?: AbortSignal;
}

/** The network at a path of the job, with its recipe. *Problems* job/no-such-file and those of opening it and of the recipe. */
async function networkAt(
  { network: named, recipe: recipePath }: { readonly network: string; readonly recipe?: string | undefined },
  key: string,
  { base, inputs }: { readonly base: string; readonly inputs: readonly NamedInput[] },
  { open = openNetwork, recipe, recipeFor, signal }: PlanOptions,
): Promise<Pick<Plan, 'network' | 'recipe'>> {
  const path = resolve(base, named);
  if (!(await there(path))) throw new IsolensError('job/no-such-file', {}, { file: named, key });
  const found = recipe ?? recipeFor?.(path) ?? (await recipeOf({ recipe: recipePath }, inputs, base, path));
  return { network: await open(path, signal === undefined ? {} : { signal }), recipe: found };
}

/** One step of a plan, held against the network that it is run for. *Problems* job/wrong-value and those of further networks. */
async function stepOn(
  planned: Omit<PlannedAnalysis, 'networks'>,
  network: LoadedNetwork,
  { base, inputs }: { readonly base: string; readonly inputs: readonly PlannedInput[] },
  signal: AbortSignal | undefined,
): Promise<PlannedAnalysis> {
  checkNodes(planned, network);
  const studies = namedStudies(planned.analysis, planned.parameters, inputs, base);
  return {
    ...planned,
    networks: await furtherNetworks(planned, base, signal),
    ...(studies.size > 0 ? { studies } : {}),
  };
}

/** The job's inputs, its saved lists in their place. */
async function inputsOf(job: Job, base: string): Promise<Pick<Plan, 'inputs' | 'warnings'>> {
  const listed = await withDatabases(job.inputs, base);
  const ids = idsOf(listed.inputs.map(({ spec }) => spec));
  return {
    inputs: listed.inputs.map((input, n) => ({ ...input, id: ids[n] ?? String(n) })),
    warnings: listed.warnings,
  };
}

/** Of the analyses that are to be compared those that can be: maps always is one where there are inputs. */
function comparedSteps(asked: CompareParameters['analyses'], hasInputs: boolean) {
  const all =
    hasInputs && !asked.some(({ id }) => id === maps.id) ? [...asked, { id: maps.id, parameters: {} }] : asked;
  const steps = all.map(plannedAnalysis);
  if (steps.some(({ analysis }) => analysis.definition.compares === true))
    throw new IsolensError('compare/compares-itself', {}, { key: 'analyses' });
  const can = steps.filter(({ analysis }) => hasInputs || analysis.onNetwork !== undefined);
  const ids = (some: typeof steps): string[] => [...new Set(some.map(({ analysis }) => analysis.definition.id))];
  const twice = steps.find((step, n) => steps.findIndex(({ analysis }) => analysis === step.analysis) < n);
  if (twice) {
    const reason = `${twice.analysis.definition.id} is named twice`;
    throw new IsolensError('job/wrong-value', { analysis: 'compare', reason }, { key: 'analyses' });
  }
  return { steps: can, analyses: ids(can), leftOut: ids(steps.filter((step) => !can.includes(step))) };
}

/** Lists that the inputs come from; one that could not be read counts, so that it is told as what it is. */
function databasesIn(inputs: readonly NamedInput[]): number {
  const told = inputs.flatMap(({ tags }) => tags?.['database'] ?? []);
  return new Set(told.map(String)).size + inputs.filter(({ refused }) => refused).length;
}

/** The networks by name: those of `networks`, or the one of `network` by its file's name. *Problems* job/no-network, compare/both-words. */
function namedNetworks({ network, recipe, networks }: Job): [string, NonNullable<Job['networks']>[string]][] {
  if (networks !== undefined) {
    if (network !== undefined || recipe !== undefined)
      throw new IsolensError('compare/both-words', {}, { key: network === undefined ? 'recipe' : 'network' });
    return Object.entries(networks);
  }
  if (network === undefined) throw new IsolensError('job/no-network', {}, { key: 'network' });
  const name = basename(recipePathOf(network)).replace(/\.recipe\.json$/, '');
  return [[name, { network, ...(recipe === undefined ? {} : { recipe }) }]];
}

/** Several networks, each through the compared analyses, and the analysis that compares last. *Problems* compare/…, and those of one network. */
async function planComparison(
  { job, base }: ReadJob,
  planned: readonly Omit<PlannedAnalysis, 'networks'>[],
  options: PlanOptions,
): Promise<Plan> {
  const named = namedNetworks(job);
  const [compare, ...others] = [...planned].sort(
    (a, b) => Number(b.analysis.definition.compares === true) - Number(a.analysis.definition.compares === true),
  );
  if (!compare || others.length > 0) {
    const ids = others.map(({ analysis }) => analysis.definition.id).join(', ');
    throw new IsolensError('compare/not-alone', { others: ids }, { key: 'analyses' });
  }
  const listed = await inputsOf(job, base);
  if (named.length < 2 && databasesIn(listed.inputs) < 2)
    throw new IsolensError('compare/one-network', { count: named.length }, { key: 'networks' });
  const parameters = compare.parameters as CompareParameters;
  const names = named.map(([name]) => name);
  const reference = parameters.reference ?? (names[0] as string);
  if (!names.includes(reference)) {
    const facts = { reference, nearest: nearestWord(reference, names) };
    throw new IsolensError('compare/unknown-reference', facts, { key: 'reference' });
  }
  const { steps, analyses: ids, leftOut } = comparedSteps(parameters.analyses, job.inputs.length > 0);
  const networks: NamedNetwork[] = [];
  const own: PlannedAnalysis[] = [];
  for (const [name, ref] of named) {
    const of = {
      name,
      ...(ref.group === undefined ? {} : { group: ref.group }),
      ...(await networkAt(ref, `networks.${name}.network`, { base, inputs: listed.inputs }, options)),
    };
    networks.push(of);
    for (const step of steps)
      own.push({ ...(await stepOn(step, of.network, { base, inputs: listed.inputs }, options.signal)), of });
  }
  const held = networks.find(({ name }) => name === reference) as NamedNetwork;
  return {
    ...{ job, base, network: held.network, recipe: held.recipe },
    ...listed,
    analyses: [...own, { ...compare, parameters: { ...parameters, reference }, networks: {} }],
    compared: { networks, analyses: ids, leftOut },
  };
}

/**
 * Understands a job whole before anything runs. *Problems* those of the job's words, the network and the recipe.
 */
export async function planJob({ job, base }: ReadJob, options: PlanOptions = {}): Promise<Plan> {
  if (job.analyses.length === 0) {
    const known = analyses.map(({ definition }) => definition.id).join(', ');
    throw new IsolensError('job/nothing-to-do', { known }, { key: 'analyses' });
  }
  const planned = job.analyses.map(plannedAnalysis);
  if (planned.some(({ analysis }) => analysis.definition.compares === true))
    return planComparison({ job, base }, planned, options);
  const named = networkOf(job);
  if (job.inputs.length === 0 && planned.some(({ analysis }) => !analysis.onNetwork))
    throw new IsolensError('job/no-inputs', {}, { key: 'inputs' });
  const listed = await inputsOf(job, base);
  const found = await networkAt(
    { network: named, recipe: job.recipe },
    'network',
    { base, inputs: listed.inputs },
    options,
  );
  const steps: PlannedAnalysis[] = [];
  for (const step of planned)
    steps.push(await stepOn(step, found.network, { base, inputs: listed.inputs }, options.signal));
  return { job, base, ...found, ...listed, analyses: steps };
}
