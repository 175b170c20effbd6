/** Indices along one axis, half-open. Infinite ends: the whole axis. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * What one axis of an operation's input has to do with the output. Indices are not clipped at the border: what lies
 * outside the map is padding. `first` and `last` never fall as `o` grows.
 */
export interface AxisRule {
  /** The axis of the output that it follows (1 is the first after the batch), or null where every output reads the same. */
  readonly from: number | null;
  /** Input indices per output index. */
  readonly step: number;
  /** Lowest input index that output `o` reads. */
  readonly first: (o: number) => number;
  /** Highest input index that output `o` reads. */
  readonly last: (o: number) => number;
  /**
   * The input indices that output `o` reads where the input has `size`: those outside are padding. Default: all from `first` to `last`. The
   * hull `first` to `last` may be wider: a window with holes steps over the border, a mirror reads one index only.
   */
  readonly taps?: (o: number, size: number) => readonly number[];
  /** Outputs of an axis of `size` that read something of the interval: a tight hull, clipped to the map. */
  readonly forward: (changed: Interval, size: number) => Interval;
}

/** A sliding window along one axis: output o reads o·stride − before + t·dilation, t = 0 … kernel − 1. */
export interface Along {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/**
 * Inputs that a run of outputs reads along one axis, before clipping at the border.
 * *Source* Araujo, Norris & Sim, Distill 2019.
 */
export function demand(rule: AxisRule, { start, end }: Interval): Interval {
  return { start: rule.first(start), end: rule.last(end - 1) + 1 };
}

const clipped = ({ start, end }: Interval, size: number): Interval => {
  const low = Math.max(0, start);
  return { start: low, end: Math.max(low, Math.min(size, end)) };
};

/** Convolution and pooling. */
export function windowRule(from: number, { kernel, stride, dilation, before }: Along): AxisRule {
  const hits = (o: number, { start, end }: Interval): boolean => {
    const origin = o * stride - before;
    const tap = Math.ceil(Math.max(0, start - origin) / dilation);
    return tap <= Math.min(kernel - 1, Math.floor((end - 1 - origin) / dilation));
  };
  return {
    from,
    step: stride,
    first: (o) => o * stride - before,
    last: (o) => o * stride - before + (kernel - 1) * dilation,
    taps: (o) => Array.from({ length: kernel }, (_, t) => o * stride - before + t * dilation),
    forward: (changed, size) => {
      let { start, end } = clipped(
        {
          start: Math.ceil((changed.start + before - (kernel - 1) * dilation) / stride),
          end: Math.floor((changed.end - 1 + before) / stride) + 1,
        },
        size,
      );
      // Only strided windows with holes can step over the interval's ends.
      while (start < end && !hits(start, changed)) start++;
      while (end > start && !hits(end - 1, changed)) end--;
      return { start, end };
    },
  };
}

/** Transposed convolution: input i adds to outputs i·stride − before + t·dilation. */
export function transposedRule(from: number, { kernel, stride, dilation, before }: Along): AxisRule {
  const reach = (kernel - 1) * dilation;
  return {
    from,
    step: 1 / stride,
    first: (o) => Math.ceil((o + before - reach) / stride),
    last: (o) => Math.floor((o + before) / stride),
    taps: (o) =>
      Array.from({ length: kernel }, (_, t) => (o + before - t * dilation) / stride).filter((i) => Number.isInteger(i)),
    forward: ({ start, end }, size) =>
      clipped({ start: start * stride - before, end: (end - 1) * stride - before + reach + 1 }, size),
  };
}

/** Element by element; `shift` is the input index that output 0 reads (padding < 0, cropping > 0). */
export function sameRule(from: number, shift = 0): AxisRule {
  return {
    from,
    step: 1,
    first: (o) => o + shift,
    last: (o) => o + shift,
    forward: ({ start, end }, size) => clipped({ start: start - shift, end: end - shift }, size),
  };
}

/** Every output reads the whole axis. */
export const wholeRule: AxisRule = {
  from: null,
  step: 0,
  first: () => -Infinity,
  last: () => Infinity,
  forward: ({ start, end }, size) => (start < end ? { start: 0, end: size } : { start: 0, end: 0 }),
};

/** An axis of size 1 that is repeated along the output: every output reads index 0. */
export const broadcastRule: AxisRule = {
  from: null,
  step: 0,
  first: () => 0,
  last: () => 0,
  forward: ({ start, end }, size) => (start <= 0 && end > 0 ? { start: 0, end: size } : { start: 0, end: 0 }),
};

/** Upsampling by repetition. */
export function nearestRule(from: number, factor: number): AxisRule {
  return {
    from,
    step: 1 / factor,
    first: (o) => Math.floor(o / factor),
    last: (o) => Math.floor(o / factor),
    forward: ({ start, end }, size) => clipped({ start: start * factor, end: end * factor }, size),
  };
}

/** Linear upsampling: output o reads the two inputs around source(o) = (o + offset)/factor − offset. */
export function linearRule(from: number, factor: number, offset: 0 | 0.5): AxisRule {
  const source = (o: number): number => (o + offset) / factor - offset;
  const first = (o: number): number => Math.floor(source(o) + 1e-9);
  const last = (o: number): number => Math.ceil(source(o) - 1e-9);
  return {
    from,
    step: 1 / factor,
    first,
    last,
    taps: (o, size) => [first(o), last(o)].map((i) => Math.min(Math.max(i, 0), size - 1)),
    forward: (changed, size) => {
      // Indices outside the map are clamped to its border, so that a changed border voxel reaches every output beyond it.
      let start = Math.floor((changed.start - 1 + offset) * factor - offset);
      let end = Math.ceil((changed.end + offset) * factor - offset) + 1;
      if (changed.start <= 0) start = 0;
      start = Math.max(0, start);
      end = Math.min(size, end);
      while (start < end && last(start) < changed.start) start++;
      while (end > start && first(end - 1) >= changed.end && first(end - 1) >= 0) end--;
      return { start, end: Math.max(start, end) };
    },
  };
}

/** Mirrored padding: near the border an output reads the voxel mirrored at it, so the border's neighbourhood is taken whole. */
export function mirrorRule(from: number, before: number, after: number, size: number): AxisRule {
  const inside = (i: number): number => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i);
  return {
    from,
    step: 1,
    first: (o) => Math.max(0, Math.min(o - before, size - 1 - after)),
    last: (o) => Math.min(size - 1, Math.max(o - before, before)),
    taps: (o) => [inside(o - before)],
    forward: ({ start, end }, outputs) => {
      let low = outputs;
      let high = 0;
      for (let o = 0; o < outputs; o++) {
        const read = inside(o - before);
        if (read < start || read >= end) continue;
        low = Math.min(low, o);
        high = o + 1;
      }
      return low < high ? { start: low, end: high } : { start: 0, end: 0 };
    },
  };
}
