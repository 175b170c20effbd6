import type { LoadedNetwork } from '../../network/network';
import { entrySize } from '../feed';
import type { Hiding, HidingSetting } from './hiding';
import type { ScoreReader } from './reader';
import { sumOfParts } from './reader';
import { batchOf, runCopies } from './score';

export interface CoalitionSetting extends HidingSetting {
  readonly network: LoadedNetwork;
  readonly reader: ScoreReader;
  readonly memoryBytes: number;
  /** How long one forward pass of one batch entry takes: fillings are weighed against it in the progress. */
  readonly secondsAPass: number;
  readonly signal: AbortSignal;
}

/** Parts of the intact score by entry: run once, whatever the filling. */
export type IntactParts = Map<number, Float64Array>;

/** Batch entries in which the score is taken. */
export const countedEntries = ({
  prepared,
  reader,
}: Pick<CoalitionSetting, 'prepared' | 'reader'>): readonly number[] =>
  Array.from({ length: prepared.array.shape[0] ?? 1 }, (_, entry) => entry).filter((entry) => reader.counts(entry));

/** One batch entry with these players hidden. */
interface Pass {
  readonly entry: number;
  readonly hidden: number;
}

/**
 * The score with only the players of each wanted mask kept, in batches. Each entry is run once for every set of hidden players that it can
 * tell apart: a plane without a player is not run again for it. Yields the passes that each batch took. *Problems* engine/cancelled.
 */
export async function* worthsOf(
  setting: CoalitionSetting,
  hiding: Hiding,
  wanted: readonly number[],
  intact: IntactParts,
): AsyncGenerator<number, readonly number[]> {
  const { network, prepared, reader, players, memoryBytes } = setting;
  const all = 2 ** players.count - 1;
  const counted = countedEntries(setting);
  const known = new Map<number, Map<number, Float64Array | null>>();
  const passes: Pass[] = [];
  const presence = new Map(counted.map((entry) => [entry, hiding.presentIn(entry)]));
  for (const entry of counted) {
    const parts = intact.get(entry);
    const own = new Map<number, Float64Array | null>(parts ? [[0, parts]] : []);
    known.set(entry, own);
    for (const kept of wanted) {
      const hidden = all & ~kept & (presence.get(entry) ?? 0);
      if (own.has(hidden)) continue;
      own.set(hidden, null);
      passes.push({ entry, hidden });
    }
  }
  const batch = batchOf(network, prepared.array, memoryBytes);
  const size = entrySize(prepared.array);
  const copies = new Float32Array(Math.min(batch, passes.length) * size);
  for (let from = 0; from < passes.length; from += batch) {
    const group = passes.slice(from, from + batch);
    group.forEach(({ entry, hidden }, n) => {
      hiding.entryOf(all & ~hidden, entry, copies.subarray(n * size, (n + 1) * size));
    });
    const output = await runCopies(
      setting,
      group.map(({ entry }) => entry),
      copies,
    );
    group.forEach(({ entry, hidden }, n) => {
      const parts = reader.parts(reader.extract(output, n, entry), entry, null);
      known.get(entry)?.set(hidden, parts);
      if (hidden === 0) intact.set(entry, parts);
    });
    yield group.length;
  }
  return wanted.map((kept) => {
    const parts = counted.flatMap((entry) => known.get(entry)?.get(all & ~kept & (presence.get(entry) ?? 0)) ?? []);
    if (reader.scope === 'input') return reader.finish(sumOfParts(parts));
    return parts.reduce((sum, own) => sum + reader.finish(own), 0) / parts.length;
  });
}
