import { z } from 'zod';

const number = z.number().nullable();
const whole = z.number().int().nonnegative();

/** Median, least and greatest over the channels of a layer that have such a number. */
const Span = z.strictObject({ median: z.number(), low: z.number(), high: z.number() });
export type ResponseSpan = z.infer<typeof Span>;

/** Curves over the channels of a layer, point by point; null where no channel has a value. */
const SpanCurve = z.strictObject({ median: z.array(number), low: z.array(number), high: z.array(number) });

/** Along which the line lay across: named as the tensor's axes are. */
export const responseAxes = ['slice', 'row', 'column'] as const;

const ChannelAxis = z.strictObject({
  /** Frequency at which the response is largest: 0 for a channel that averages. *Units* of `frequencies`. */
  peak: z.number(),
  /** The frequency above the peak at which the MTF first falls to one half; null where it does not before the voxels end it. */
  mtf50: number,
  /** |transfer function| over its largest value, at each of the layer's `frequencies`. */
  mtf: z.array(z.number()),
});

const Channel = z.strictObject({
  channel: whole,
  /** What a small uniform change of the field by one network unit adds to the channel. Sign: as the channel answers. */
  gain: number,
  /** Standard deviation of the channel's noise over that of the input, both in network units. */
  noiseGain: number,
  /** ‖y(+) + y(−) − 2y(0)‖ / ‖y(+) − y(−)‖ of the line: 0 where the channel is linear at rest, 1 at a rectifier's bend. */
  nonlinear: number,
  /** One entry an axis of the layer; null where the line moves nothing. */
  axes: z.array(ChannelAxis.nullable()),
  /** What the channel gives in the middle of the insert, at each of `insert`. */
  response: z.array(number),
});
export type ResponseChannel = z.infer<typeof Channel>;

const Layer = z.strictObject({
  node: z.string(),
  channels: whole,
  /** Of each axis along which the layer has places. */
  axes: z.array(
    z.strictObject({
      axis: z.enum(responseAxes),
      frequencies: z.array(z.number()),
      mtf: SpanCurve,
      mtf50: Span.nullable(),
      /** A voxel of the layer sees more than the whole axis: what lies outside is cut off. */
      cut: z.boolean(),
    }),
  ),
  noiseGain: Span.nullable(),
  nonlinear: Span.nullable(),
  /** Channels that are not linear at rest (beyond 0.05), and those that a small signal does not move at all. */
  nonlinearChannels: whole,
  silentChannels: whole,
  response: SpanCurve,
  /** The first channels; the others are counted in all that stands above. */
  listed: z.array(Channel),
});
export type ResponseLayer = z.infer<typeof Layer>;

/** How each layer passes on contrast, noise and CT numbers, measured on a water field without a patient. */
export const FiltersResponse = z.strictObject({
  /** What was presented: the channel of the input, in HU or, where that is not known, in network units. */
  presented: z.string(),
  unit: z.enum(['HU', '1']),
  /** The field at rest, the size of the line, the noise (sd): in `unit`. */
  base: z.number(),
  signal: z.number(),
  noise: z.number(),
  /** Values of the insert, in `unit`. */
  insert: z.array(z.number()),
  frequencyUnit: z.enum(['1/mm', '1/voxel']),
  /** Size of the input that was presented, without batch and channels. */
  size: z.array(whole),
  layers: z.array(Layer),
});
export type FiltersResponse = z.infer<typeof FiltersResponse>;
