import type { OpenInput } from '../../../../main/engine/analysis/analysis';
import type { Judge } from '../../../../main/engine/analysis/robustness/judge';
import { familyOf } from '../../../../main/engine/analysis/robustness/list';
import { subjectOf } from '../../../../main/engine/analysis/robustness/subjectOf';
import { prepareArray } from '../../../../main/engine/recipe/prepareArray';
import { readRecipe } from '../../../../main/engine/recipe/readRecipe';
import type { FamilyId, Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { Recipe } from '../../../../shared/recipe';
import { contextOf, writtenNetwork } from '../writtenNetwork';

/** Nothing is asked of the network: it only has to be there. */
const silent = writtenNetwork([1], [{ name: 'y', inputs: ['x'], shape: [1], compute: () => [0] }]);

const channelOf = {
  CT: { image: 'CT' },
  MR: { image: 'MR' },
  dose: { dose: 'plan' },
  mask: { structure: 'Organ' },
} as const;

/** Values in their own unit (HU, Gy, 0 … 1) as they are before and after: *Shape* [slice, row, column]. */
export async function degrade(
  id: FamilyId,
  values: ArrayLike<number>,
  shape: readonly [number, number, number],
  severities: readonly Severity[],
  {
    kind = 'CT',
    spacingMm = [1, 1, 1],
    seed = 1,
    move = 'all',
  }: {
    readonly kind?: keyof typeof channelOf;
    readonly spacingMm?: readonly number[];
    readonly seed?: number;
    readonly move?: 'all' | 'image';
  } = {},
): Promise<readonly Float32Array[]> {
  const recipe: Recipe = readRecipe(
    {
      schema: 'isolens/recipe@1',
      dims: 3,
      grid: { spacingMm },
      channels: [channelOf[kind]],
      output: { kind: 'classification', labels: ['no', 'yes'] },
    },
    'r',
  );
  const read = { shape: [...shape, 1], values: Float32Array.from(values), sha256: 'a', file: 'a.npy' };
  const prepared = prepareArray(read, recipe, [{ name: 'x', shape: null, multiple: [1, 1, 1] }], {
    id: 'a',
    patient: 'a',
  });
  const input: OpenInput = { prepared, spec: { array: 'a.npy' }, study: null, label: null, truth: null };
  const subject = await subjectOf(input, contextOf(silent, { recipe }));
  const family = familyOf(id);
  const refusal = family.refusal(subject);
  if (refusal !== null) throw new Error(refusal.code);
  const signal = new AbortController().signal;
  const degrading = await family.begin({ subject, seed, judge: null as unknown as Judge, move, signal });
  const found: Float32Array[] = [];
  for (const severity of severities) found.push((await degrading.at(severity)).prepared.array.values);
  return found;
}

export const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

export function sdOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(Array.from(values, (value) => (value - mean) ** 2)));
}

export const differenceOf = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from(a, (value, v) => value - (b[v] as number));
