import type { BlobVolume } from '../../../shared/study';
import { hasEnded, type JobRun } from '../../stores/jobs';
import type { OpenResult } from '../../stores/results';
import type { Overlay } from '../../viewer/overlay';

/** The support map of a run that goes on, as far as it came; else of the newest result. */
export function supportVolume(result: OpenResult | null, run: JobRun | null): BlobVolume | null {
  // What a run showed last stays until its results have been read back.
  const unread = run !== null && (!hasEnded(run) || (run.state !== 'failed' && run.folder !== result?.folder));
  const going = unread ? Object.entries(run.partial) : [];
  const found = [...going, ...Object.entries(result?.volumes ?? {})];
  return found.find(([name]) => /(^|\/)map(\.nrrd)?$/.test(name))?.[1] ?? null;
}

/** The signed map over the CT, symmetric about zero. */
export function supportOverlay(result: OpenResult | null, run: JobRun | null): Overlay | null {
  const volume = supportVolume(result, run);
  if (!volume) return null;
  const end = Math.max(Math.abs(volume.range[0]), Math.abs(volume.range[1]), 1e-12);
  return {
    kind: 'support',
    volume,
    name: { en: 'Support', fr: 'Appui' },
    unit: volume.unit === '1' ? '' : volume.unit,
    range: [-end, end],
  };
}
