import { familyFacts } from '../../../shared/analysis/robustnessFamilies';
import type { DegradedSeen } from '../../stores/degraded';
import type { Overlay } from '../../viewer/overlay';

/** Soft tissue, HU: degraded scans are all drawn with it, so that they can be held against one another. */
const softTissue: readonly [number, number] = [-160, 240];

/** The degraded image in place of the one as acquired; its strength in words is its name. */
export function degradedOverlay({ volume, family, severity }: DegradedSeen): Overlay | null {
  if (volume === null) return null;
  return {
    kind: 'input',
    volume,
    name: familyFacts[family].said(severity),
    unit: volume.unit,
    range: volume.unit === 'HU' ? softTissue : volume.range,
  };
}
