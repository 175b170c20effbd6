import type { Progress } from '../../../shared/job';
import { makePatients } from '../phantom/makePatients';

/** What `phantom` is asked for. */
export interface PhantomWish {
  readonly out: string;
  readonly patients: number;
  readonly seed: number;
  /** All of them carry a bright bar in the couch, outside the body. */
  readonly marker?: boolean;
  /** How many more follow that carry it. */
  readonly marked?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** Seconds left by the pace so far; null until there is one. */
export function pacer(): (done: number, total: number) => number | null {
  const start = performance.now();
  return (done, total) => {
    if (done <= 0) return null;
    return ((performance.now() - start) / 1000 / done) * (total - done);
  };
}

/** Makes synthetic patients, a folder each; gives the folders. */
export async function makePhantoms({
  out,
  patients,
  seed,
  marker,
  marked,
  signal,
  progress,
}: PhantomWish): Promise<readonly string[]> {
  const left = pacer();
  return makePatients({
    out,
    patients,
    seed,
    ...(marker === undefined ? {} : { marker }),
    ...(marked === undefined ? {} : { marked }),
    ...(signal === undefined ? {} : { signal }),
    progress: (done, total, input) =>
      progress?.({ stage: 'phantom', done, total, secondsLeft: left(done, total), input }),
  });
}
