import { IsolensError } from '../../../../shared/problem/problem';
import type { Weight } from '../graph';
import type { NodeCore } from '../operation/operation';
import { isList, isObject, type Json, type JsonObject } from './json';

/** An array as the file holds it. */
export interface FileArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A layer as the file describes it. */
export interface LayerSource {
  /** By the rule of the graph: sub-models' layers as `outer/inner`. */
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly arrays: readonly FileArray[];
  /** The file keeps channels before space: axes are turned while reading. */
  readonly channelsFirst: boolean;
  /** Who defines what the layer computes, where they differ. */
  readonly dialect: 'keras3' | 'keras2' | 'tfjs';
}

/** What a layer is in the closed set of operations. */
export type Translation = Pick<NodeCore, 'op' | 'attributes' | 'weights'>;
export type Translator = (layer: LayerSource) => Translation;

/** A layer, or a setting of it, that Isolens does not know: the node stays, marked unknown. */
export class NotKnown extends Error {}

/** A number, or one for each axis. */
export function sizesAt(config: JsonObject, key: string, dims: number, otherwise?: number): number[] {
  const value = config[key];
  if (isWhole(value)) return Array.from({ length: dims }, () => value);
  if (isList(value) && value.length === dims && value.every(isWhole)) return [...value];
  if ((value === undefined || value === null) && otherwise !== undefined)
    return Array.from({ length: dims }, () => otherwise);
  throw new NotKnown(`its ${key} is not understood`);
}

export const isWhole = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value);

export function numberAt(config: JsonObject, key: string, otherwise: number): number {
  const value = config[key];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'number') return value;
  // Keras 2 sometimes wraps numbers: { class_name: "__numpy__" | "__tensor__", config: { value } }.
  if (isObject(value) && isObject(value['config']) && typeof value['config']['value'] === 'number')
    return value['config']['value'];
  throw new NotKnown(`its ${key} is not understood`);
}

export function wordAt(config: JsonObject, key: string, otherwise: string): string {
  const value = config[key];
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'string') throw new NotKnown(`its ${key} is not understood`);
  return value;
}

/** The layer's arrays under the graph's names. *Problems* network/weights-do-not-fit. */
export function named(layer: LayerSource, names: readonly string[]): Weight[] {
  if (layer.arrays.length !== names.length) {
    throw new IsolensError(
      'network/weights-do-not-fit',
      { found: `${layer.arrays.length} arrays`, wanted: names.length === 0 ? 'none' : names.join(', ') },
      { node: layer.name },
    );
  }
  return layer.arrays.map(({ shape, values }, a) => ({ name: names[a]!, shape, values }));
}

/** A setting that is on unless the file says otherwise. */
export const isOn = (config: JsonObject, key: string): boolean => config[key] !== false;

export const withBias = (layer: LayerSource, names: readonly string[]): string[] =>
  isOn(layer.config, 'use_bias') ? [...names, 'bias'] : [...names];

/** The file's axis as ours: from the end, channels last. */
export function axisFromFile(axis: number, channelsFirst: boolean): number {
  if (!channelsFirst) return axis;
  return axis === 1 ? -1 : axis > 1 ? axis - 1 : axis;
}
