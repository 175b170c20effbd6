import type { Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { Volume } from '../../../../shared/volume';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';

/** A study's first image channel put back into its own unit, on the recipe's grid: what the network was given, clipped as it was. */
export function physicalVolume(prepared: PreparedInput): Volume<Float32Array> {
  const { array, transforms, dims } = prepared;
  const depth = array.shape.at(-1) as number;
  const middle = Math.max(
    0,
    transforms?.findIndex(({ kind, offset }) => kind === 'image' && offset === undefined) ?? 0,
  );
  const { slope, intercept, name } = transforms?.[middle] ?? { slope: 1, intercept: 0, name: '' };
  const one = new Float32Array(array.values.length / depth);
  for (let v = 0; v < one.length; v++) one[v] = ((array.values[v * depth + middle] as number) - intercept) / slope;
  const shape = dims === 3 ? array.shape.slice(1, 4) : array.shape.slice(0, 3);
  const axes = dims === 3 ? 3 : 2;
  const place = { shape, step: new Array<number>(axes).fill(1), start: new Array<number>(axes).fill(0) };
  return { ...prepared.toVolume(one, place), unit: name === 'CT' ? 'HU' : 'a.u.' };
}

/** Saves what the network was given; an array as it is. */
export function saveDegraded(
  family: string,
  severity: Severity,
  prepared: PreparedInput,
  writer: InputWriter,
): Promise<string> {
  const name = `degraded/${family}/${String(severity).replace('-', 'minus ')}`;
  return prepared.grid === null
    ? writer.array(name, prepared.array.values, prepared.array.shape.slice(1))
    : writer.volume(name, physicalVolume(prepared));
}
