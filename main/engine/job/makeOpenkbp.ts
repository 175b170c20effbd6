import type { Progress } from '../../../shared/job';
import { openkbpFolder, type OpenkbpMade } from '../openkbp/openkbpFolder';
import { pacer } from './makePhantoms';

/** What `openkbp` is asked for. */
export interface OpenkbpAsked {
  readonly from: string;
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** Turns published CSV patients into DICOM studies; gives the folders, and the problems of those that could not be read. */
export async function makeOpenkbp({ from, out, signal, progress }: OpenkbpAsked): Promise<OpenkbpMade> {
  const left = pacer();
  return openkbpFolder({
    from,
    out,
    ...(signal === undefined ? {} : { signal }),
    progress: (done, total, input) =>
      progress?.({ stage: 'openkbp', done, total, secondsLeft: left(done, total), input }),
  });
}
