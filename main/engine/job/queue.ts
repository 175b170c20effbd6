/** Jobs run one at a time, in the order in which they came; one owns the network while it runs. */
export interface Queue {
  /** Runs `work` when its turn comes. Aborting before that ends it at once, without it having begun. */
  add(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

export function queue(): Queue {
  let last: Promise<void> = Promise.resolve();
  return {
    add(work, signal) {
      const turn = last.then(() => (signal.aborted ? undefined : work()));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
