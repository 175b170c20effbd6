import type { OcclusionParameters, OcclusionTarget, ScoreName } from '../../../../shared/analysis/occlusion';
import { IsolensError } from '../../../../shared/problem/problem';
import { nearestWord } from '../../../../shared/schemaIssue';
import { voxelCc } from '../../../../shared/volume';
import type { Fetch, NetworkArray } from '../../network/network';
import type { Context, OpenInput } from '../analysis';
import { fileActivationOf, probabilityAt } from '../probability';
import { receptiveFieldOf } from '../receptiveField';
import { classProbabilities, classScore, type ClassReading } from './classScore';
import { outputGridOf } from './outputGrid';
import { entryOf, type ScoreReader } from './reader';
import { regionMasks, withoutMask } from './region';
import { volumeReader } from './volumeReader';

const allowed: Readonly<Record<'class' | 'label' | 'voxel' | 'dose', readonly ScoreName[]>> = {
  class: ['margin', 'logit', 'probability'],
  label: ['soft-volume', 'mean'],
  voxel: ['value'],
  dose: ['mean'],
};

function scoreFor(kind: keyof typeof allowed, asked: ScoreName | undefined): ScoreName {
  const [first = 'value'] = allowed[kind];
  if (asked === undefined || allowed[kind].includes(asked)) return asked ?? first;
  throw new IsolensError(
    'analysis/score-does-not-fit',
    { score: asked, allowed: allowed[kind].join(', ') },
    { key: 'score' },
  );
}

/** The place of a name or number among the names known. *Problems* analysis/unknown-name. */
function indexAmong(asked: string | number, names: readonly string[], count: number, what: string): number {
  if (typeof asked === 'number') {
    if (asked < count) return asked;
    throw new IsolensError('analysis/unknown-name', { what, name: asked, nearest: count - 1 }, { key: 'target' });
  }
  const found = names.indexOf(asked);
  if (found >= 0) return found;
  throw new IsolensError(
    'analysis/unknown-name',
    { what, name: asked, nearest: nearestWord(asked, names) },
    { key: 'target' },
  );
}

/** Which output a target speaks of. */
export function outputOf(target: OcclusionTarget | undefined, { network }: Context): number {
  if (!target || !('output' in target)) return 0;
  const names = network.graph.outputs.map(({ name }) => name);
  return indexAmong(target.output, names, names.length, 'output');
}

/** The fetch that gives an output as numbers before its softmax or sigmoid, where that is the output's own. */
export function fetchesOf(
  { network }: Context,
  output: number,
): { readonly value: Fetch; readonly logits: Fetch | null } {
  const node = network.graph.outputs[output]?.node ?? '';
  const own = network.description.nodes.find(({ name }) => name === node)?.activation;
  const ends = own === 'softmax' || own === 'sigmoid';
  return { value: { node, stage: 'output' }, logits: ends ? { node, stage: 'preActivation' } : null };
}

const hasAxes = ({ shape }: NetworkArray): boolean => shape.slice(1, -1).some((n) => n > 1);

/** How the job's target and score are read off the output. A label's score leaves the voxels of `leaveOut` (network order) out. *Problems* as the names in the job do not fit the network. */
export function readerOf(
  input: OpenInput,
  context: Context,
  { target, score }: Pick<OcclusionParameters, 'target' | 'score'>,
  intact: NetworkArray,
  leaveOut: Uint8Array | null = null,
): ScoreReader {
  const kind = context.recipe?.output.kind;
  if (!target) {
    if (hasAxes(intact) || kind === 'segmentation' || kind === 'regression')
      throw new IsolensError('analysis/target-needed', {}, { key: 'target' });
    return classReader(input, context, null, score, intact);
  }
  if ('class' in target) return classReader(input, context, target.class, score, intact);
  if ('label' in target) return labelReader(input, context, target, score, intact, leaveOut);
  if ('doseIn' in target) return doseReader(input, context, target.doseIn, score, intact);
  return voxelReader(input, context, target, score, intact);
}

function classReader(
  { prepared }: OpenInput,
  context: Context,
  asked: string | number | null,
  askedScore: ScoreName | undefined,
  intact: NetworkArray,
): ScoreReader {
  const score = scoreFor('class', askedScore);
  if (hasAxes(intact)) throw new IsolensError('analysis/target-does-not-fit', { target: 'class' }, { key: 'target' });
  const output = context.recipe?.output.kind === 'classification' ? context.recipe.output : null;
  const channels = intact.shape.at(-1) ?? 1;
  const labels = output?.labels ?? [];
  const file = fileActivationOf(context.network);
  const { value, logits: before } = fetchesOf(context, 0);
  const activation = activationFor(file, output?.activation, channels);
  const ofPair = channels === 1 && labels.length === 2;

  /** The fetched numbers of one entry as logits. */
  const logitsOf = (numbers: Float32Array): readonly number[] => {
    if (before || (file !== 'softmax' && file !== 'sigmoid')) return Array.from(numbers);
    return Array.from(numbers, (p) => (file === 'softmax' ? Math.log(p) : Math.log(p) - Math.log1p(-p)));
  };

  const entries = prepared.array.shape[0] ?? 1;
  const predicted = (): number => {
    const mean = new Float64Array(channels);
    for (let entry = 0; entry < entries; entry++) {
      const own = activationOfOutput(entryOf(intact, entry), file, activation);
      for (let k = 0; k < channels; k++) mean[k] = (mean[k] ?? 0) + (own[k] ?? 0) / entries;
    }
    return ofPair ? ((mean[0] ?? 0) >= 0.5 ? 1 : 0) : mean.indexOf(Math.max(...mean));
  };
  const named =
    asked === null ? predicted() : indexAmong(asked, labels, ofPair ? 2 : Math.max(channels, labels.length), 'class');
  const reading: ClassReading = { index: channels === 1 ? 0 : named, activation, sign: ofPair && named === 0 ? -1 : 1 };
  const target = { class: labels[named] ?? named, index: named, predicted: asked === null };
  const unit = score === 'probability' ? '1' : 'log-odds';
  const shared = { fetch: before ?? value, score, unit, counts: () => true, extract: entryOf, target } as const;

  if (output?.unit === 'patient' && entries > 1) {
    // The patient's probability is the mean of its slices', and the score that of the mean.
    return {
      ...shared,
      scope: 'input',
      parts: (numbers) => Float64Array.from([...classProbabilities(logitsOf(numbers), activation), 1]),
      finish(sum) {
        const mean = Array.from(sum.slice(0, -1), (s) => s / (sum.at(-1) ?? 1));
        const logits = mean.map((p) => (activation === 'softmax' ? Math.log(p) : Math.log(p) - Math.log1p(-p)));
        return classScore(logits, reading, score);
      },
    };
  }
  return {
    ...shared,
    scope: 'entry',
    parts: (numbers) => Float64Array.from(logitsOf(numbers)),
    finish: (logits) => classScore(Array.from(logits), reading, score),
  };
}

function activationFor(file: string | null, recipe: string | undefined, channels: number): 'softmax' | 'sigmoid' {
  if (file === 'softmax' || file === 'sigmoid') return file;
  if (channels === 1) return 'sigmoid';
  return recipe === 'sigmoid' ? 'sigmoid' : 'softmax';
}

/** Probabilities of one entry from the output itself. */
function activationOfOutput(
  numbers: Float32Array,
  file: string | null,
  activation: 'softmax' | 'sigmoid',
): readonly number[] {
  if (file === 'softmax' || file === 'sigmoid') return Array.from(numbers);
  return classProbabilities(Array.from(numbers), activation);
}

function labelReader(
  input: OpenInput,
  context: Context,
  { label, region }: Extract<OcclusionTarget, { label: unknown }>,
  askedScore: ScoreName | undefined,
  intact: NetworkArray,
  leaveOut: Uint8Array | null,
): ScoreReader {
  const score = scoreFor('label', askedScore) as 'soft-volume' | 'mean';
  const { prepared } = input;
  const spatial = prepared.array.shape.slice(1, -1);
  if (intact.shape.length !== prepared.array.shape.length) {
    throw new IsolensError('analysis/target-does-not-fit', { target: 'label' }, { key: 'target' });
  }
  const output = context.recipe?.output.kind === 'segmentation' ? context.recipe.output : null;
  const channels = intact.shape.at(-1) ?? 1;
  const labels = output?.labels ?? [];
  // One channel for a background and an organ is the organ's.
  const ofPair = channels === 1 && labels.length === 2;
  const named = indexAmong(label, labels, ofPair ? 2 : Math.max(channels, labels.length), 'label');
  const index = channels === 1 ? 0 : named;
  const complement = ofPair && named === 0;
  const file = fileActivationOf(context.network);
  const applied = output?.activation ?? (channels === 1 ? 'sigmoid' : 'softmax');
  const { value } = fetchesOf(context, 0);
  const grid = outputGridOf(intact.shape.slice(1, -1), spatial, receptiveFieldOf(context.network, value.node));
  const cc = prepared.grid ? voxelCc(prepared.grid) * grid.volume : 1;
  return volumeReader({
    fetch: value,
    score,
    unit: score === 'mean' ? '1' : prepared.grid ? 'cc' : 'voxels',
    factor: score === 'mean' ? 1 : cc,
    grid,
    masks: leaveOut
      ? withoutMask(regionMasks(input, context, region, grid), input, leaveOut, grid)
      : regionMasks(input, context, region, grid),
    withoutHidden: true,
    extract({ shape, values }, at, mask) {
      const voxels = values.length / (shape[0] ?? 1) / channels;
      const of = { classes: channels, index };
      const read = new Float32Array(voxels);
      for (let v = 0; v < voxels; v++) {
        if (mask && mask[v] !== 1) continue;
        const own = probabilityAt(values, (at * voxels + v) * channels, of, applied, file);
        read[v] = complement ? 1 - own : own;
      }
      return read;
    },
    target: { label: labels[named] ?? named, index: named, region: region ?? null },
  });
}

function doseReader(
  input: OpenInput,
  context: Context,
  structure: string,
  askedScore: ScoreName | undefined,
  intact: NetworkArray,
): ScoreReader {
  scoreFor('dose', askedScore);
  const { prepared } = input;
  const output = context.recipe?.output;
  if (output?.kind !== 'regression' || intact.shape.length !== prepared.array.shape.length) {
    throw new IsolensError('analysis/target-does-not-fit', { target: 'doseIn' }, { key: 'target' });
  }
  const { value } = fetchesOf(context, 0);
  const channels = intact.shape.at(-1) ?? 1;
  const spatial = prepared.array.shape.slice(1, -1);
  const grid = outputGridOf(intact.shape.slice(1, -1), spatial, receptiveFieldOf(context.network, value.node));
  return volumeReader({
    fetch: value,
    score: 'mean',
    unit: 'Gy',
    factor: output.unitGy,
    grid,
    masks: regionMasks(input, context, structure, grid),
    withoutHidden: false,
    extract: (array, at) => {
      const values = entryOf(array, at);
      return channels === 1 ? values : values.filter((_, n) => n % channels === 0);
    },
    target: { doseIn: structure },
  });
}

function voxelReader(
  { prepared }: OpenInput,
  context: Context,
  target: Extract<OcclusionTarget, { output: unknown }>,
  askedScore: ScoreName | undefined,
  intact: NetworkArray,
): ScoreReader {
  const score = scoreFor('voxel', askedScore);
  const entries = prepared.array.shape[0] ?? 1;
  const spatial = intact.shape.slice(1, -1);
  const channels = intact.shape.at(-1) ?? 1;
  const { voxel, channel } = target;
  const withPlane = voxel.length === spatial.length + 1;
  if (!withPlane && (voxel.length !== spatial.length || entries > 1)) {
    const wanted = entries > 1 ? spatial.length + 1 : spatial.length;
    throw new IsolensError('analysis/wrong-axes', { key: 'voxel', wanted, given: voxel.length }, { key: 'target' });
  }
  const plane = withPlane ? (voxel[0] ?? 0) : 0;
  const within = withPlane ? voxel.slice(1) : voxel;
  const inside = within.every((at, axis) => at < (spatial[axis] ?? 0)) && plane < entries && channel < channels;
  if (!inside)
    throw new IsolensError(
      'analysis/voxel-outside',
      { shape: [...(entries > 1 ? [entries] : []), ...spatial, channels].join(' × ') },
      { key: 'target' },
    );
  const offset = within.reduce((sum, at, axis) => sum * (spatial[axis] ?? 1) + at, 0) * channels + channel;
  const output = outputOf(target, context);
  return {
    fetch: fetchesOf(context, output).value,
    score,
    unit: '1',
    scope: 'input',
    counts: (entry) => entry === plane,
    extract: (array, at) => Float32Array.of(entryOf(array, at)[offset] ?? NaN),
    parts: (values, entry) => Float64Array.of(entry === plane ? (values[0] ?? NaN) : 0),
    ...(spatial.length > 0
      ? {
          boxes: {
            region: { start: within, end: within.map((at) => at + 1) },
            extract: (array) => Float32Array.of(array.values[channel] ?? NaN),
            parts: (values) => Float64Array.of(values[0] ?? NaN),
            own: () => null,
          },
        }
      : {}),
    finish: ([value = NaN]) => value,
    target: { output: context.network.graph.outputs[output]?.name ?? output, channel, voxel },
  };
}
