import { sameSize, type Size } from '../lowering/value';

/** What a reshape does to axes, in C order, batch included. */
export interface Refolding {
  /** For each new axis the old one that it is, or null where axes were folded together or apart. */
  readonly kept: readonly (number | null)[];
  /** For each new axis the number of the fold that it belongs to, and for each old one: same number, same elements. */
  readonly after: readonly number[];
  readonly before: readonly number[];
}

/** Compares the sizes before and after; behind the first size that cannot be compared nothing is kept. */
export function refolding(before: readonly Size[], after: readonly Size[]): Refolding {
  const kept: (number | null)[] = after.map(() => null);
  const [oldFolds, newFolds] = [before.map(() => -1), after.map(() => -1)];
  const ones: number[] = [];
  let [i, j, fold] = [0, 0, 0];
  while (i < before.length && j < after.length) {
    const [a, b] = [before[i], after[j]];
    fold++;
    if (sameSize(a, b)) {
      kept[j] = i;
      oldFolds[i++] = fold;
      newFolds[j++] = fold;
    } else if (a === 1) {
      ones.push(i);
      oldFolds[i++] = fold;
    } else if (b === 1) newFolds[j++] = fold;
    else {
      let [p, q] = [a ?? NaN, b ?? NaN] as [Size, Size];
      oldFolds[i++] = fold;
      newFolds[j++] = fold;
      while (typeof p === 'number' && typeof q === 'number' && p !== q) {
        const next: Size | undefined = p < q ? before[i] : p > q ? after[j] : undefined;
        if (typeof next !== 'number') break;
        if (p < q) {
          p *= next;
          oldFolds[i++] = fold;
        } else {
          q *= next;
          newFolds[j++] = fold;
        }
      }
      if (p !== q || typeof p !== 'number') break;
    }
  }
  for (; i < before.length; i++) if (before[i] === 1) ones.push(i);
  // An axis of size 1 may stand anywhere: what is left over of them is taken for the same in turn.
  after.forEach((size, a) => {
    if (size === 1 && kept[a] === null && ones.length > 0) kept[a] = ones.shift()!;
  });
  return { kept, before: oldFolds, after: newFolds };
}
