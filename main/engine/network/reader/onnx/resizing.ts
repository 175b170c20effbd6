import { oursInFile } from '../lowering/builder';
import { NotKnown, sameSize, sizesIn, sizesOfMap, type MapValue, type Size } from '../lowering/value';
import { fileAxis } from '../lowering/builder';
import { floatAt, integerAt, integersAt, wordAt } from './fileModel';
import { constantAt, integersAtInput, mapAt, type Lowering, type Operand } from './operand';

/** Along one of the file's axes: a size, or a factor. */
interface Along {
  readonly size: number | null;
  readonly scale: number | null;
  readonly part: readonly [number, number];
}

const untouched: Along = { size: null, scale: 1, part: [0, 1] };

/** Up to opset 9 an operation of its own: source = o/scale. */
const upsample: Lowering = (operand) => {
  const { node, opset } = operand;
  const rank = sizesOfMap(mapAt(operand, 0)).length;
  const scales = opset < 9 ? (node.attributes.get('scales')?.floats ?? []) : [...constantAt(operand, 1).values];
  if (scales.length !== rank) throw new NotKnown('its factors do not fit its axes');
  const mode = wordAt(node, 'mode', 'nearest');
  const along = scales.map((scale): Along => ({ size: null, scale, part: [0, 1] }));
  return sampled(operand, along, {
    mode: mode === 'bilinear' ? 'linear' : mode,
    convention: 'asymmetric',
    rounding: 'floor',
  });
};

const resize: Lowering = (operand) => {
  const { node, opset, inputs } = operand;
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  const mode = wordAt(node, 'mode', 'nearest');
  if (opset < 11) {
    const scales = [...constantAt(operand, 1).values];
    if (scales.length !== rank) throw new NotKnown('its factors do not fit its axes');
    const along = scales.map((scale): Along => ({ size: null, scale, part: [0, 1] }));
    return sampled(operand, along, { mode, convention: 'asymmetric', rounding: 'floor' });
  }
  const axes = integersAt(node, 'axes')?.map((a) => fileAxis(rank, a)) ?? Array.from({ length: rank }, (_, a) => a);
  const convention = wordAt(node, 'coordinate_transformation_mode', 'half_pixel');
  const roi = convention === 'tf_crop_and_resize' ? [...constantAt(operand, 1).values] : [];
  const along = Array.from({ length: rank }, () => untouched);
  const wanted = wantedOf(operand, x, axes);
  axes.forEach((axis, i) => {
    const part = roi.length > 0 ? ([roi[i]!, roi[i + axes.length]!] as const) : ([0, 1] as const);
    along[axis] = { ...wanted[i]!, part };
  });
  if (inputs.length > 4) throw new NotKnown('it has more inputs than are known');
  return sampled(operand, along, { mode, convention, rounding: wordAt(node, 'nearest_mode', 'round_prefer_floor') });
};

/** Factors are input 2, sizes input 3; one of them is there. */
function wantedOf(operand: Operand, x: MapValue, axes: readonly number[]): readonly Omit<Along, 'part'>[] {
  const { node, inputs } = operand;
  const own = axes.map((a) => sizesOfMap(x)[a]!);
  const scales = inputs[2] === undefined ? [] : [...constantAt(operand, 2).values];
  if (scales.length > 0) {
    if (scales.length !== axes.length || scales.some((s) => !(s > 0)))
      throw new NotKnown('its factors do not fit its axes');
    return scales.map((scale) => ({ size: null, scale }));
  }
  const sizes = sizesIn(inputs[3])?.values;
  if (sizes?.length !== axes.length) throw new NotKnown('its sizes are not understood');
  const policy = wordAt(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return sizes.map((size, i) => factorOr(size, own[i]!));
  const [wide, old] = [integersAtInput(operand, 3), own.map((n) => (typeof n === 'number' ? n : NaN))];
  const ratios = wide.map((n, i) => n / old[i]!);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  if (Number.isNaN(scale)) throw new NotKnown('it keeps the ratio of sizes that are free');
  return old.map((n) => ({ size: Math.floor(scale * n + 0.5), scale }));
}

/** A size as such, or the factor by which a free size grows. */
function factorOr(size: Size, own: Size): Omit<Along, 'part'> {
  if (typeof size === 'number') return { size, scale: null };
  if (sameSize(size, own)) return { size: null, scale: 1 };
  if (size && typeof own === 'object' && own) {
    const factor = size.times / own.times;
    if (sameSize({ ...size, times: own.times, plus: size.plus / factor }, own)) return { size: null, scale: factor };
  }
  throw new NotKnown('its sizes hang on another map of free size');
}

interface Manner {
  readonly mode: string;
  readonly convention: string;
  readonly rounding: string;
}

/** `along`: by the file's axes; batch and channels must stay. */
function sampled(operand: Operand, along: readonly Along[], { mode, convention, rounding }: Manner): MapValue {
  const { node, name, builder } = operand;
  const map = mapAt(operand, 0);
  const sizes = sizesOfMap(map);
  const rank = sizes.length;
  const stays = (axis: number): boolean =>
    along[axis]!.scale === 1 || (along[axis]!.size !== null && along[axis]!.size === sizes[axis]);
  const x = stays(map.channel)
    ? map
    : builder.withChannel(
        map,
        along.findIndex((_, a) => a > 0 && stays(a)),
        name,
      );
  const batch = along[0]!.scale === 1 || along[0]!.size === operand.fixedBatch || along[0]!.size === 1;
  if (!batch || x.channel < 1 || !stays(x.channel) || rank < 3 || rank > 5)
    throw new NotKnown('it samples batch or channels');
  if (!['nearest', 'linear', 'cubic'].includes(mode)) throw new NotKnown(`it samples by ${mode}`);
  const spatial = oursInFile(rank, x.channel).slice(1, -1);
  const own = spatial.map((a) => along[a]!);
  const free = sizes.map((size, a): Size => (stays(a) ? size : null));
  const done = (op: string, attributes: Readonly<Record<string, unknown>>): MapValue => {
    const value = builder.node(name, { op, attributes }, [x], x.channel);
    return { ...value, sizes: sizesOfMap(value).map((size, a) => free[a] ?? size) };
  };
  if (spatial.every(stays)) return done('identity', {});
  const factor = own.map(({ size, scale }, i) => {
    const before = sizes[spatial[i]!];
    return scale ?? (typeof before === 'number' ? size! / before : NaN);
  });
  const word = wholeFactorWord(factor, mode, convention, rounding, rank - 2);
  if (word !== null) return done(`upsample${rank - 2}d`, { factor, interpolation: word });
  return done(`resample${rank - 2}d`, {
    along: own,
    interpolation: mode,
    convention,
    rounding,
    coefficient: floatAt(node, 'cubic_coeff_a', -0.75),
    excludeOutside: integerAt(node, 'exclude_outside', 0) !== 0,
    antialias: integerAt(node, 'antialias', 0) !== 0,
    ...(convention === 'tf_crop_and_resize' ? { outside: floatAt(node, 'extrapolation_value', 0) } : {}),
  });
}

/** What the field calls upsampling by whole factors; null where it is none of that. */
function wholeFactorWord(
  factor: readonly number[],
  mode: string,
  convention: string,
  rounding: string,
  spatial: number,
): string | null {
  if (!factor.every((f) => Number.isInteger(f) && f >= 1)) return null;
  const centred = /^(pytorch_)?half_pixel(_symmetric)?$/.test(convention);
  if (mode === 'nearest') {
    const repeats = centred ? rounding.startsWith('round') : convention === 'asymmetric' && rounding === 'floor';
    return repeats ? 'nearest' : null;
  }
  if (mode !== 'linear' || spatial !== 2) return null;
  return centred ? 'bilinear' : convention === 'asymmetric' ? 'bilinear-legacy' : null;
}

export const resizingLowerings: readonly [string, Lowering][] = [
  ['Resize', resize],
  ['Upsample', upsample],
];
