/** What a training is asked for. */
export interface Wish {
  /** Folder of packed OpenKBP patients; without it only synthetic patients take part. */
  readonly real: string | undefined;
  /** Folder that gets the network, its recipe and its figures. */
  readonly out: string;
  /** Steps in place of the network's own number. */
  readonly steps: number | undefined;
  readonly seed: number;
  /** Folder in which a training keeps what it needs to go on after it was cut off. */
  readonly keep: string | undefined;
}

export const say = (text: string): void => {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
};

/** Cosine fall from the given rate to a fiftieth of it, after `warm` steps of warming up. */
export const falling =
  (top: number, of: number, warm = 100) =>
  (step: number): number =>
    top * Math.min(1, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + Math.cos((Math.PI * step) / of)));
