import type { Overlay } from '../../viewer/overlay';
import type { Shown } from './compareResult';

/** One network's answer over the CT, on one scale with the others'. `labels`: name and colour of each. */
export function comparedOverlay(
  shown: readonly Shown[],
  network: string,
  labels: NonNullable<Overlay['labels']>,
): Overlay | null {
  const own = shown.find((one) => one.network === network);
  if (!own) return null;
  const { kind, volume } = own;
  const name = { en: network, fr: network };
  const ends = shown.flatMap(({ volume: each }) => each.range.map(Math.abs));
  const end = Math.max(1e-12, ...ends);
  if (kind === 'labels') return { kind, volume, name, unit: '', range: [0, labels.length - 1], labels };
  if (kind === 'dose') return { kind, volume, name, unit: 'Gy', range: [0, end] };
  return { kind, volume, name, unit: volume.unit === '1' ? '' : volume.unit, range: [-end, end] };
}
