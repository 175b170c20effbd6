/** A GraphDef made by hand: just enough of protobuf to write one. */
const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
};

export const field = (number: number, content: readonly number[] | string): number[] => {
  const bytes = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
};

const whole = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];

const entry = (key: string, value: readonly number[]): number[] => field(5, [...field(1, key), ...field(2, value)]);

const shape = (sizes: readonly number[]): number[] => sizes.flatMap((n) => field(2, whole(1, n)));

/** A TensorProto: its type by TensorFlow's number, its sizes, the content as raw bytes. */
export const tensor = (type: number, sizes: readonly number[], content: readonly number[]): number[] => [
  ...whole(1, type),
  ...field(2, shape(sizes)),
  ...content,
];

export const raw = (values: readonly number[]): number[] =>
  field(4, [...new Uint8Array(Float32Array.from(values).buffer)]);

export const node = (
  op: string,
  name: string,
  inputs: readonly string[],
  attributes: Record<string, number[]> = {},
): number[] =>
  field(1, [
    ...field(1, name),
    ...field(2, op),
    ...inputs.flatMap((input) => field(3, input)),
    ...Object.entries(attributes).flatMap(([key, value]) => entry(key, value)),
  ]);

export const input = (name: string, sizes: readonly number[], type = 1): number[] =>
  node('Placeholder', name, [], { dtype: whole(6, type), shape: field(7, shape(sizes)) });

export const constant = (name: string, value: readonly number[]): number[] =>
  node('Const', name, [], { value: field(8, value) });

export const graph = (...nodes: readonly number[][]): Uint8Array => Uint8Array.from(nodes.flat());
