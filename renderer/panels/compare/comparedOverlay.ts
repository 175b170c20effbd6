import type { Overlay } from '../../viewer/overlay';
import type { BlobVolume } from '../../../shared/study';
import type { Words } from '../../../shared/words';
import type { Shown } from './compareResult';

/** One network's answer over the CT, on one scale with the others'. `labels`: name and colour of each; `called`: where not by its name. */
export function comparedOverlay(
  shown: readonly Shown[],
  network: string,
  labels: NonNullable<Overlay['labels']>,
  called: string = network,
): Overlay | null {
  const own = shown.find((one) => one.network === network);
  if (!own) return null;
  const { kind, volume } = own;
  const name = { en: called, fr: called };
  const ends = shown.flatMap(({ volume: each }) => each.range.map(Math.abs));
  const end = Math.max(1e-12, ...ends);
  if (kind === 'labels') return { kind, volume, name, unit: '', range: [0, labels.length - 1], labels };
  if (kind === 'dose') return { kind, volume, name, unit: 'Gy', range: [0, end] };
  return { kind, volume, name, unit: volume.unit === '1' ? '' : volume.unit, range: [-end, end] };
}

/** Who says what where two label maps differ: their values are 0 the same, 1 A alone, 2 B alone, 3 another label. */
export interface ChangeWords {
  readonly onlyA: string;
  readonly onlyB: string;
  readonly other: string;
}

/** B − A over the CT: in the unit of the answers, a support on the scale that A and B have. */
export function differenceOverlay(shown: readonly Shown[], volume: BlobVolume, words: ChangeWords): Overlay | null {
  const [first] = shown;
  if (!first) return null;
  const name: Words = { en: 'B − A', fr: 'B − A' };
  if (first.kind === 'labels') {
    const labels = [
      { name: '', colour: '#0f1317' },
      { name: words.onlyA, colour: '#ffb347' },
      { name: words.onlyB, colour: '#7fd4ff' },
      { name: words.other, colour: '#ff9ee0' },
    ];
    return { kind: 'labels', volume, name, unit: '', range: [0, 3], labels };
  }
  if (first.kind === 'dose') {
    const end = Math.max(1e-12, ...volume.range.map(Math.abs));
    return { kind: 'difference', volume, name, unit: 'Gy', range: [-end, end] };
  }
  const end = Math.max(1e-12, ...shown.flatMap(({ volume: each }) => each.range.map(Math.abs)));
  return { kind: 'support', volume, name, unit: volume.unit === '1' ? '' : volume.unit, range: [-end, end] };
}
