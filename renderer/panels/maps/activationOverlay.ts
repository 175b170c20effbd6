import type { Activation } from '../../stores/activation';
import type { Overlay } from '../../viewer/overlay';

/** The map of one channel over the CT, on the scale of its whole layer. */
export function activationOverlay({ node, channel, volume, layerTop }: Activation): Overlay {
  const name = `${node} · ${String(channel).padStart(2, '0')}`;
  return {
    kind: 'activation',
    volume,
    name: { en: name, fr: name },
    unit: 'a.u.',
    range: [0, Math.max(layerTop, 1e-12)],
  };
}
