import { join } from 'node:path';
import type { AnalysisResult } from '../../../shared/result';
import type { Compared, Context, Part } from '../analysis/analysis';
import { pathPart, type InputWriter } from '../result/inputWriter';
import type { Illustration } from '../result/illustrate';
import type { Picture } from '../result/picture';
import { readArray } from '../result/readArray';
import type { NamedNetwork, Plan, PlannedAnalysis } from './plan';
import type { ResultFolder } from './resultFolder';

/** Whose numbers a step's are: its network, and the others where it compares. */
export function identityOf(
  { network, compared }: Plan,
  { of, analysis }: PlannedAnalysis,
): { readonly network: string; readonly compared: readonly string[] } {
  const own = (of?.network ?? network).sha256;
  if (analysis.definition.compares !== true || !compared) return { network: own, compared: [] };
  const recipes = compared.networks.map((named) => JSON.stringify([named.name, named.network.sha256, named.recipe]));
  return { network: own, compared: [...recipes, ...compared.analyses] };
}

/** The recipe that a step's numbers hang on; of the step that compares all that it is handed. */
export function recipeIdentityOf(plan: Plan, step: PlannedAnalysis): unknown {
  const { compared } = identityOf(plan, step);
  return compared.length > 0 ? compared : (step.of?.recipe ?? plan.recipe);
}

/** Pictures of one step of one input: those of compared networks stand together, each under its network's name. */
export function illustrationOf(plan: Plan, at: number, input: string, pictures: readonly Picture[]): Illustration {
  const step = plan.analyses[at];
  const analysis = step?.analysis.definition.id ?? '';
  const comparing = plan.analyses.at(-1)?.analysis.definition.id ?? '';
  if (!step?.of) return { analysis, input, pictures };
  const { name } = step.of;
  return {
    analysis: comparing,
    input,
    pictures: pictures.map((picture) => ({ ...picture, name: `${name} · ${picture.name}` })),
  };
}

/** What a step is handed of the networks that it compares, as far as it is known by now. */
export function comparedOf(
  plan: Plan,
  folder: string,
  parts: (of: NamedNetwork) => ReadonlyMap<string, Part | null> = () => new Map(),
  results: (of: NamedNetwork) => ReadonlyMap<string, AnalysisResult> = () => new Map(),
): Compared | undefined {
  const { compared } = plan;
  if (!compared) return undefined;
  return {
    networks: compared.networks.map((named) => ({
      ...named,
      parts: parts(named),
      results: results(named),
    })),
    analyses: compared.analyses,
    leftOut: compared.leftOut,
    read: (path) => readArray(join(folder, path)),
  };
}

/** The network and recipe that a step works with; of the step that compares, those that the others are held against. */
export function contextOf(plan: Plan, step: PlannedAnalysis, context: Context, folder: string): Context {
  const { of, analysis } = step;
  const own = of ? { ...context, network: of.network, recipe: of.recipe, isCompared: true } : context;
  const compared = analysis.definition.compares === true ? comparedOf(plan, folder) : undefined;
  return compared ? { ...own, compared } : own;
}

/** Where a step's files lie: those of a compared network in a folder of its name, below that of the analysis that compares. */
export function writerOf(
  folder: ResultFolder,
  plan: Plan,
  { analysis, of }: PlannedAnalysis,
  input: string,
): InputWriter {
  const { id } = analysis.definition;
  const comparing = plan.analyses.at(-1)?.analysis.definition.id;
  if (!of || comparing === undefined) return folder.writer(id, input, plan);
  const writer = folder.writer(comparing, input, { ...plan, network: of.network });
  const below = (name: string): string => `${pathPart(of.name)}/${id}/${name}`;
  return {
    volume: (name, volume, channels) => writer.volume(below(name), volume, channels),
    array: (name, values, shape) => writer.array(below(name), values, shape),
  };
}
