import type { Shape } from '../graph';
import type { Derived, NodeCore } from '../operation/operation';
import type { NativeNode, NativeValue } from './graphDef';

/** A value in a native graph while it is written. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A weight that is handed to the graph at each call, so that one tensor serves every graph and call of a network. */
export type FedWeight =
  /** One that the node holds for running by itself. */
  | { readonly node: NodeCore; readonly inputs: readonly Shape[]; readonly weight: string }
  /** One of the graph's own; those of one key are the same. */
  | { readonly key: string; readonly make: () => Derived };

/** Puts a native graph together, node by node. */
export class Writing {
  readonly nodes: NativeNode[] = [];
  readonly weights = new Map<string, FedWeight>();
  readonly #constants = new Map<string, string>();

  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, NativeValue>>): string {
    const name = `n${this.nodes.length}`;
    this.nodes.push({ name, op, inputs, attributes });
    return name;
  }

  /** One float32 operation on values, of which the result has this shape. */
  op(
    op: string,
    inputs: readonly (Value | string)[],
    shape: readonly number[],
    attributes: Readonly<Record<string, NativeValue>> = {},
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    return { name: this.node(op, names, { T: 'float32', ...attributes }), shape };
  }

  /** What a call hands in. */
  fed(shape: readonly number[]): Value {
    return { name: this.node('Placeholder', [], { dtype: 'float32', shape: { shape } }), shape };
  }

  weight(shape: readonly number[], weight: FedWeight): Value {
    const value = this.fed(shape);
    this.weights.set(value.name, weight);
    return value;
  }

  integers(values: readonly number[]): string {
    return this.#constant(`i${values.join()}`, Int32Array.from(values), [values.length]);
  }

  integer(value: number): string {
    return this.#constant(`s${value}`, Int32Array.of(value), []);
  }

  number(value: number): string {
    return this.#constant(`f${value}`, Float32Array.of(value), []);
  }

  reshaped(x: Value, shape: readonly number[]): Value {
    if (x.shape.length === shape.length && x.shape.every((n, a) => n === shape[a])) return x;
    return this.op('Reshape', [x, this.integers(shape)], shape, { Tshape: 'int32' });
  }

  joined(parts: readonly Value[], axis: number): Value {
    const [first] = parts;
    if (!first) throw new Error('nothing to join');
    if (parts.length === 1) return first;
    const total = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
    const shape = first.shape.map((n, a) => (a === axis ? total : n));
    return this.op('ConcatV2', [...parts, this.integer(axis)], shape, { N: parts.length, Tidx: 'int32' });
  }

  cut(x: Value, begin: readonly number[], size: readonly number[]): Value {
    if (x.shape.every((n, a) => n === size[a])) return x;
    return this.op('Slice', [x, this.integers(begin), this.integers(size)], size, { Index: 'int32' });
  }

  padded(x: Value, pairs: readonly (readonly [number, number])[]): Value {
    if (pairs.every(([before, after]) => before + after === 0)) return x;
    const shape = x.shape.map((n, a) => n + (pairs[a]?.[0] ?? 0) + (pairs[a]?.[1] ?? 0));
    const amounts = this.#constant(`p${pairs.join()}`, Int32Array.from(pairs.flat()), [pairs.length, 2]);
    // Not `Pad`: TensorFlow 2.15 melts that into a Conv3D behind it, and forgets the border.
    return this.op('PadV2', [x, amounts, this.number(0)], shape, { Tpaddings: 'int32' });
  }

  /** The names of all nodes that these hang on, themselves included. */
  behind(names: readonly string[]): ReadonlySet<string> {
    const inputs = new Map(this.nodes.map((node) => [node.name, node.inputs]));
    const found = new Set<string>();
    const stack = [...names];
    while (stack.length > 0) {
      const name = stack.pop()!;
      if (found.has(name)) continue;
      found.add(name);
      stack.push(...(inputs.get(name) ?? []));
    }
    return found;
  }

  #constant(key: string, array: Float32Array | Int32Array, shape: readonly number[]): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const dtype = array instanceof Float32Array ? 'float32' : 'int32';
    const name = this.node('Const', [], { dtype, value: { array, shape } });
    this.#constants.set(key, name);
    return name;
  }
}
