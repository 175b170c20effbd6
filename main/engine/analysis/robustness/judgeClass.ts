import type { Output } from '../../../../shared/recipe';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { Context, OpenInput } from '../analysis';
import { classesOf, largest } from '../classes';
import { fileActivationOf } from '../probability';
import type { Fetch, NetworkArray } from '../../network/network';
import { brierScore, entropyOf, negativeLogLikelihood } from '../statistics/softmax';
import type { AttackScore, Judge, Outputs, State } from './judge';

type Classification = Extract<Output, { kind: 'classification' }>;

/** Without a recipe, classes are called by their number, and an output that ends in no activation is taken for scores. */
const numbered = (count: number, fileActivation: string | null): Classification => ({
  kind: 'classification',
  labels: Array.from({ length: Math.max(2, count) }, (_, n) => String(n)),
  unit: 'patient',
  activation: fileActivation === 'sigmoid' || count === 1 ? 'sigmoid' : 'softmax',
});

/** Where the scores before the probabilities are read: the output itself, or the same node before its own activation. */
function scoresFetch({ network }: Context, node: string, fileActivation: string | null): Fetch | null {
  if (fileActivation === null) return { node, stage: 'output' };
  const own = network.description.nodes.find(({ name }) => name === node)?.activation;
  return own === 'softmax' || own === 'sigmoid' ? { node, stage: 'preActivation' } : null;
}

const keyOf = ({ node, stage }: Fetch): string => (stage === 'output' ? node : `${node}:preActivation`);

/** Mean scores over the batch entries, in the order of the labels: one sigmoid of two labels is that of the second. */
function scoresIn({ shape, values }: NetworkArray, labels: number): readonly number[] {
  const [count = 1, width = 1] = [shape[0], shape.at(-1)];
  const mean = Array.from({ length: width }, (_, c) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += values[n * width + c] as number;
    return sum / count;
  });
  return labels === 2 && width === 1 ? [0, mean[0] as number] : mean;
}

/** ln p − ln Σ of the others, from scores; from probabilities alone where there are none. */
export function logOdds(scores: readonly number[], of: number): number {
  const others = scores.filter((_, k) => k !== of);
  const top = Math.max(...others);
  return (scores[of] as number) - top - Math.log(others.reduce((sum, z) => sum + Math.exp(z - top), 0));
}

/**
 * The class of largest probability; right where it is the label of the job. *Problems* analysis/labels-do-not-fit, analysis/unknown-label.
 */
export async function judgeClass(
  context: Context,
  input: OpenInput,
  tau: number,
  clean: (fetches: readonly Fetch[]) => Promise<Outputs>,
): Promise<Judge> {
  const node = context.network.graph.outputs[0]?.node ?? '';
  const fileActivation = fileActivationOf(context.network);
  const scores = scoresFetch(context, node, fileActivation);
  const fetches: Fetch[] = [{ node, stage: 'output' }];
  if (scores?.stage === 'preActivation') fetches.push(scores);
  const first = await clean(fetches);
  const width = first.get(node)?.shape.at(-1) ?? 1;
  const recipe =
    context.recipe?.output.kind === 'classification' ? context.recipe.output : numbered(width, fileActivation);
  const { labels } = recipe;
  const warnings: Warning[] = [];
  const truth = input.label === null ? null : labels.indexOf(input.label);
  const sigmoids =
    width > 1 && (fileActivation === 'sigmoid' || (fileActivation === null && recipe.activation === 'sigmoid'));

  const read = (outputs: Outputs, prepared = input.prepared): State & { readonly index: number } => {
    const output = outputs.get(node) as NetworkArray;
    const found = classesOf(output, recipe, fileActivation, { ...input, prepared });
    if (warnings.length === 0) warnings.push(...found.warnings);
    const all = (found.values.probabilities ?? []).map((p) => p ?? NaN);
    const single = labels.length === 1;
    // One label alone says yes or no: its opposite is a class as well.
    const p = single ? [1 - (all[0] as number), all[0] as number] : all;
    const index = largest(p);
    const broken = index < 0;
    const right = truth === null || broken ? null : single ? (index === 1) === (truth === 0) : index === truth;
    const raw = scores === null || sigmoids ? null : (outputs.get(keyOf(scores)) as NetworkArray);
    const logits = raw === null ? null : scoresIn(raw, single ? 2 : labels.length);
    const about = truth === null ? null : single ? 1 - truth : truth;
    const figures = p.map((each) => (Number.isFinite(each) ? each : null));
    return {
      index,
      right,
      confidence: broken ? null : (p[index] as number),
      confidentWrong: right === null || broken ? null : !right && (p[index] as number) >= tau,
      class: broken ? null : single ? (index === 1 ? labels[0] : null) : labels[index],
      probabilities: single ? figures.slice(1) : figures,
      entropy: sigmoids || broken ? null : entropyOf(p),
      ...(about === null || broken ? {} : { brier: brierScore(p, about), nll: negativeLogLikelihood(p, about) }),
      logits,
    };
  };

  const start = read(first);
  const about = truth === null ? start.index : labels.length === 1 ? 1 - truth : truth;
  const withMargin = ({ index, ...state }: State & { readonly index: number }): State & { readonly index: number } => {
    const p = state.probabilities ?? [];
    const logs = (labels.length === 1 ? [1 - (p[0] ?? NaN), p[0] ?? NaN] : p).map((each) => Math.log(each ?? NaN));
    const margin = logOdds(state.logits ?? logs, about);
    return { ...state, index, margin: Number.isFinite(margin) ? margin : null };
  };
  const attack: AttackScore | null = scores === null ? null : marginAttack(scores, about, width);
  if (input.label === null) warnings.push(warningOf('robustness/no-label'));
  return {
    kind: 'classification',
    fetches,
    truth: input.label,
    clean: withMargin(start),
    warnings,
    state: (outputs, { prepared }) => withMargin(read(outputs, prepared)),
    ...(scores === null ? {} : { rivals: rivalsOf(scores, start, about, width, sigmoids) }),
    flipped: (state) => (state as Partial<{ index: number }>).index !== start.index,
    attack,
  };
}

/** The margin between the class and the best of the others, which an attack makes smaller; a lone sigmoid's score with its sign. */
function marginAttack(fetch: Fetch, about: number, width: number): AttackScore {
  const best = (values: Float32Array, at: number): number => {
    let found = -1;
    for (let c = 0; c < width; c++)
      if (c !== about && (found < 0 || (values[at + c] as number) > (values[at + found] as number))) found = c;
    return found;
  };
  const sign = about === 1 ? 1 : -1;
  return {
    fetch,
    value: ({ values, shape }) => {
      const count = shape[0] ?? 1;
      let sum = 0;
      for (let n = 0; n < count; n++) {
        const at = n * width;
        sum +=
          width === 1
            ? sign * (values[at] as number)
            : (values[at + about] as number) - (values[at + best(values, at)] as number);
      }
      return sum / count;
    },
    weight: (entries, all) => entries / all,
    cotangent: ({ values, shape }) => {
      const count = shape[0] ?? 1;
      const slope = new Float32Array(values.length);
      for (let n = 0; n < count; n++) {
        const at = n * width;
        if (width === 1) slope[at] = sign / count;
        else {
          slope[at + about] = 1 / count;
          slope[at + best(values, at)] = -1 / count;
        }
      }
      return slope;
    },
  };
}

/** The margin over each other class apart, the likeliest first; the clean answer is what a smallest pattern changes. */
function rivalsOf(
  fetch: Fetch,
  { index, logits }: State & { readonly index: number },
  about: number,
  width: number,
  sigmoids: boolean,
): readonly AttackScore[] {
  if (sigmoids) return [];
  if (width === 1) return [marginAttack(fetch, index < 0 ? about : index, 1)];
  const others = Array.from({ length: width }, (_, c) => c).filter((c) => c !== index);
  others.sort((a, b) => (logits?.[b] ?? 0) - (logits?.[a] ?? 0));
  return others.map((rival) => ({
    fetch,
    weight: (entries, all) => entries / all,
    value: ({ values, shape }) => {
      const count = shape[0] ?? 1;
      let sum = 0;
      for (let n = 0; n < count; n++)
        sum += (values[n * width + index] as number) - (values[n * width + rival] as number);
      return sum / count;
    },
    cotangent: ({ values, shape }) => {
      const count = shape[0] ?? 1;
      const slope = new Float32Array(values.length);
      for (let n = 0; n < count; n++) {
        slope[n * width + index] = 1 / count;
        slope[n * width + rival] = -1 / count;
      }
      return slope;
    },
  }));
}
