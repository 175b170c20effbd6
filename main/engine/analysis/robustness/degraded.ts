import type { Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';

/** Saves what the network was given: of a study, its first channel in physical units on the recipe's grid; an array as it is. */
export function saveDegraded(
  family: string,
  severity: Severity,
  prepared: PreparedInput,
  writer: InputWriter,
): Promise<string> {
  const name = `degraded/${family}/${String(severity).replace('-', 'minus ')}`;
  const { array, transforms, dims } = prepared;
  if (prepared.grid === null) return writer.array(name, array.values, array.shape.slice(1));
  const depth = array.shape.at(-1) as number;
  const middle = Math.max(
    0,
    transforms?.findIndex(({ kind, offset }) => kind === 'image' && offset === undefined) ?? 0,
  );
  const { slope, intercept } = transforms?.[middle] ?? { slope: 1, intercept: 0 };
  const one = new Float32Array(array.values.length / depth);
  for (let v = 0; v < one.length; v++) one[v] = ((array.values[v * depth + middle] as number) - intercept) / slope;
  const shape = dims === 3 ? array.shape.slice(1, 4) : array.shape.slice(0, 3);
  const volume = prepared.toVolume(one, { shape, step: [1, 1, 1], start: [0, 0, 0] });
  return writer.volume(name, { ...volume, unit: 'HU' });
}
