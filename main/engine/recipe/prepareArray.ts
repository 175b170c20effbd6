import { createHash } from 'node:crypto';
import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import { transformOf } from './channel';
import type { NetworkInput } from './networkInput';
import type { ChannelTransform, InputArray, PreparedInput } from './preparedInput';
import type { InputName } from './prepareStudy';
import { withContext } from './transforms';

/** An array as it was read from a file: the network's input without the batch axis, channels last, C order. */
export interface ReadArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly sha256: string;
  /** As the user gave it. */
  readonly file: string;
}

const written = (shape: readonly (number | null)[]): string => `[${shape.map((n) => String(n ?? 'any')).join(', ')}]`;

function checked({ shape, values, file }: ReadArray, { shape: expected, name }: NetworkInput): InputArray {
  const inner = expected?.slice(1) ?? null;
  const fits =
    inner === null || (inner.length === shape.length && inner.every((n, axis) => n === null || n === shape[axis]));
  if (!fits)
    throw new IsolensError(
      'recipe/input-mismatch',
      { expected: `an array of shape ${written(inner)}`, given: written(shape) },
      { file, node: name },
    );
  return { shape: [1, ...shape], values };
}

/** What the recipe says of an array's numbers, one entry a channel; nothing where it does not fit or a z-score hides it. */
function transformsOf(recipe: Recipe | null, depth: number): readonly ChannelTransform[] | null {
  if (recipe === null || recipe.channels.length * (2 * recipe.context + 1) !== depth) return null;
  const known = recipe.channels.map((channel) => transformOf(channel));
  return known.every((transform) => transform !== null) ? withContext(known, recipe.context) : null;
}

/**
 * One array, or one for each input of the network by name, taken as it is: nothing is clipped or scaled, and no patient geometry is
 * invented. *Problems* recipe/input-mismatch.
 */
export function prepareArray(
  read: ReadArray | Readonly<Record<string, ReadArray>>,
  recipe: Recipe | null,
  inputs: readonly NetworkInput[],
  { id, patient }: InputName,
): PreparedInput {
  const single = 'values' in read && read.values instanceof Float32Array;
  const names = inputs.map(({ name }) => name);
  const byName: Readonly<Record<string, ReadArray>> = single
    ? { [names[0] ?? 'input']: read as ReadArray }
    : (read as Readonly<Record<string, ReadArray>>);
  const given = Object.keys(byName);
  const missing = names.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !names.includes(name));
  if (missing.length > 0 || unknown.length > 0)
    throw new IsolensError('recipe/input-mismatch', {
      expected: `one array for each of its inputs (${names.join(', ')})`,
      given: given.join(', '),
    });
  const arrays = Object.fromEntries(
    inputs.map((input) => [input.name, checked(byName[input.name] as ReadArray, input)]),
  );
  const [first] = inputs;
  if (first === undefined) throw new Error('a network without inputs');
  const array = arrays[first.name] as InputArray;
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name} ${(byName[name] as ReadArray).sha256}\n`);
  const transforms = transformsOf(recipe, array.shape.at(-1) as number);
  return {
    id,
    patient,
    array,
    ...(inputs.length > 1 ? { arrays } : {}),
    dims: recipe?.dims ?? (array.shape.length >= 5 ? 3 : 2),
    grid: null,
    ...(transforms === null ? {} : { transforms }),
    frameOfReference: '',
    sha256: hash.digest('hex'),
    warnings: [],
    toVolume: () => {
      throw new Error('an array has no place in space');
    },
  };
}
