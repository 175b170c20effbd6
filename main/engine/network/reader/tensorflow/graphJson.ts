import { badStructure, isList, isObject, textAt, type Json, type JsonObject } from '../json';
import type { Constant } from '../lowering/value';
import type { Attribute, FileFunction, FileGraph, FileNode } from './fileGraph';

/** A GraphDef as protobuf's JSON, whose constants lie elsewhere. */
export function graphFromJson(json: JsonObject, constantOf: (name: string) => Constant): FileGraph {
  const library = isObject(json['library']) ? json['library'] : {};
  const functions = listOf(library['function']).map((item) => functionOf(objectFrom(item, 'a function'), constantOf));
  return {
    nodes: listOf(json['node']).map((item) => nodeOf(objectFrom(item, 'an operation'), constantOf)),
    functions: new Map(functions.map((made) => [made.name, made])),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

function objectFrom(value: Json, what: string): JsonObject {
  if (!isObject(value)) throw badStructure(`${what} is not an object`);
  return value;
}

const texts = (value: Json | undefined): string[] => listOf(value).filter((item) => typeof item === 'string');

function nodeOf(json: JsonObject, constantOf: (name: string) => Constant): FileNode {
  const name = textAt(json, 'name');
  const own = isObject(json['attr']) ? json['attr'] : {};
  const attributes = new Map(
    Object.entries(own).flatMap(([key, value]): [string, Attribute][] =>
      isObject(value) ? [[key, attributeOf(value)]] : [],
    ),
  );
  if (json['op'] === 'Const') attributes.set('value', { tensor: () => constantOf(name) });
  return { name, op: textAt(json, 'op'), inputs: texts(json['input']), attributes };
}

/** 64-bit whole numbers are written as texts, texts in base 64. */
function attributeOf(json: JsonObject): Attribute {
  const made: { -readonly [Key in keyof Attribute]: Attribute[Key] } = {};
  if (json['i'] !== undefined) made.i = Number(json['i']);
  if (json['f'] !== undefined) made.f = Number(json['f']);
  if (typeof json['b'] === 'boolean') made.b = json['b'];
  if (typeof json['s'] === 'string') made.s = plain(json['s']);
  if (typeof json['type'] === 'string') made.type = json['type'];
  if (isObject(json['shape'])) made.shape = shapeOf(json['shape']);
  if (isObject(json['func']) && typeof json['func']['name'] === 'string') made.func = json['func']['name'];
  if (isObject(json['list'])) {
    const { i, f, s, type, shape } = json['list'];
    made.list = {
      i: listOf(i).map(Number),
      f: listOf(f).map(Number),
      s: texts(s).map(plain),
      type: texts(type),
      shape: listOf(shape).map((item) => (isObject(item) ? shapeOf(item) : null)),
    };
  }
  return made;
}

const plain = (text: string): string => Buffer.from(text, 'base64').toString();

function shapeOf(json: JsonObject): readonly (number | null)[] | null {
  if (json['unknownRank'] === true) return null;
  return listOf(json['dim']).map((item) => {
    const size = isObject(item) ? Number(item['size'] ?? 0) : NaN;
    if (!Number.isInteger(size)) throw badStructure('a shape has a size that is no number');
    return size < 0 ? null : size;
  });
}

function functionOf(json: JsonObject, constantOf: (name: string) => Constant): FileFunction {
  const signature = objectFrom(json['signature'] ?? null, 'the signature of a function');
  const names = (key: string): string[] =>
    listOf(signature[key]).map((item) => textAt(objectFrom(item, 'an argument'), 'name'));
  const returns = isObject(json['ret']) ? Object.entries(json['ret']) : [];
  return {
    name: textAt(signature, 'name'),
    parameters: names('inputArg'),
    results: names('outputArg'),
    returns: new Map(
      returns.flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[key, value]] : [])),
    ),
    nodes: listOf(json['nodeDef']).map((item) => nodeOf(objectFrom(item, 'an operation'), constantOf)),
  };
}
