import { NotKnown } from '../lowering/value';
import { integerAt, integersAt } from './fileModel';
import { imageAt, type Lowering } from './operand';
import { roundedUp, spatialSizes, windowOf } from './window';

const pooling =
  (kind: 'max' | 'average'): Lowering =>
  (operand) => {
    const { node, name, builder } = operand;
    const kernelSize = integersAt(node, 'kernel_shape');
    if (!kernelSize || kernelSize.length < 1 || kernelSize.length > 3)
      throw new NotKnown('its window has no size that is known');
    const spatial = kernelSize.length;
    const x = imageAt(operand, 0, spatial);
    const sizes = spatialSizes(x);
    const window = windowOf(node, kernelSize, sizes);
    const op = `${kind}Pool${spatial}d`;
    const counts = kind === 'average' && integerAt(node, 'count_include_pad', 0) === 1;
    if (!counts || window.padding === 'valid')
      return builder.node(name, { op, attributes: { ...roundedUp(node, window, sizes) } }, [x]);
    if (window.padding === 'same') throw new NotKnown('it counts padding that it works out itself');
    // Zeros that count are a border of the map; what hangs over beyond them does not count.
    const amounts = window.padding;
    const border = builder.node(`${name}:pad`, { op: `zeroPad${spatial}d`, attributes: { amounts } }, [x]);
    const wide = roundedUp(node, { ...window, padding: 'valid' }, spatialSizes(border));
    return builder.node(name, { op, attributes: { ...wide } }, [border]);
  };

const globalPooling =
  (op: string): Lowering =>
  (operand) =>
    operand.builder.node(operand.name, { op, attributes: { keepDims: true } }, [imageAt(operand, 0)]);

export const poolingLowerings: readonly [string, Lowering][] = [
  ['MaxPool', pooling('max')],
  ['AveragePool', pooling('average')],
  ['GlobalAveragePool', globalPooling('globalAveragePool')],
  ['GlobalMaxPool', globalPooling('globalMaxPool')],
];
