import { z } from 'zod';

/** Shares of a region's volume, in %, at which a curve is told: 0 is its hottest voxel. */
export const volumePercents: readonly number[] = [
  ...[0, 1, 2, 3, 4],
  ...Array.from({ length: 37 }, (_, n) => 5 + 2.5 * n),
  ...[96, 97, 98, 99, 100],
];

const whole = z.number().int().nonnegative();

/** A structure, or a band of the plan's dose. */
const region = { name: z.string(), kind: z.enum(['structure', 'dose']) };

const Curve = z.array(z.number());

/** Of one input: the value that at least each of `volumePercents` of a region reaches, falling. */
const Volumes = z.strictObject({
  node: z.string(),
  channels: z.array(
    z.strictObject({
      channel: whole,
      regions: z.array(z.strictObject({ ...region, voxels: whole, curve: Curve })),
    }),
  ),
});
export type MapsVolumes = z.infer<typeof Volumes>;

/** Over patients, percent by percent: the median, and the 5 % and 95 % quantiles. */
const PooledVolumes = z.strictObject({
  node: z.string(),
  channels: z.array(
    z.strictObject({
      channel: whole,
      regions: z.array(z.strictObject({ ...region, patients: whole, median: Curve, low: Curve, high: Curve })),
    }),
  ),
});
export type MapsPooledVolumes = z.infer<typeof PooledVolumes>;
export type PooledRegion = MapsPooledVolumes['channels'][number]['regions'][number];

export const InputVolumes = z.array(Volumes);
export const SummaryVolumes = z.strictObject({
  /** Shares of the volume, in %, that all curves are told at. */
  percents: z.array(z.number()),
  layers: z.array(PooledVolumes),
});
export type SummaryVolumes = z.infer<typeof SummaryVolumes>;
