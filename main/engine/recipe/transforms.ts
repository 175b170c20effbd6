import type { ChannelTransform } from './preparedInput';

/** The transforms of all channels of the tensor: those of plane −n first, then of −n + 1, … +n. */
export const withContext = (transforms: readonly ChannelTransform[], context: number): readonly ChannelTransform[] =>
  Array.from({ length: 2 * context + 1 }, (_, at) => at - context).flatMap((offset) =>
    transforms.map((transform) =>
      offset === 0
        ? transform
        : { ...transform, offset, name: `${transform.name} ${offset < 0 ? '−' : '+'}${String(Math.abs(offset))}` },
    ),
  );
