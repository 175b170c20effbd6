import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { IsolensError } from '../../../shared/problem/problem';
import type { Backend } from '../../../shared/result';

export { tf };
export type Tensor = tf.Tensor;
export type Rung = Backend['rung'];

export interface BackendWish {
  /** Only this rung will do; without it the highest one that works. Default: ISOLENS_RUNG. */
  readonly rung?: Rung | undefined;
  /** Threads of native operations. Default: TF_NUM_INTRAOP_THREADS, else one for each core. */
  readonly threads?: number | undefined;
}

interface NativeBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string } & Readonly<Record<BindingConstant, number>>;
  executeSingleOutput(name: string, attributes: readonly NativeAttribute[], inputs: readonly Tensor[]): Tensor;
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    fed: readonly Tensor[],
    names: readonly { readonly name: string }[],
    fetched: string[],
  ): Tensor[];
  deleteSavedModel(id: number): void;
}

type BindingConstant =
  'TF_FLOAT' | 'TF_INT32' | 'TF_ATTR_TYPE' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT';

/** A named attribute as the binding takes it. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}

type AttributeValue = 'float32' | 'int32' | { readonly text: string } | number | boolean | readonly number[];

/** Attributes of a native operation: the types by their names, a text as `{ text }`, whole numbers and lists of them as they are. */
export function nativeAttributes(values: Readonly<Record<string, AttributeValue>>): readonly NativeAttribute[] {
  const { binding } = nativeBackend();
  return Object.entries(values).map(([name, value]): NativeAttribute => {
    if (value === 'float32') return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    if (value === 'int32') return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 };
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'object' && 'text' in value) return { name, type: binding.TF_ATTR_STRING, value: value.text };
    return { name, type: binding.TF_ATTR_INT, value };
  });
}

/**
 * One operation of the native library by its own name: what tfjs has no word for, or wraps in more than it costs itself. Its result
 * belongs to the scope that it is made in, as every tensor does. Only on the rungs gpu and native.
 */
export function nativeOperation(
  name: string,
  attributes: readonly NativeAttribute[],
  inputs: readonly Tensor[],
): Tensor {
  return nativeBackend().executeSingleOutput(name, attributes, inputs);
}

function nativeBackend(): NativeBackend {
  if (tf.getBackend() !== 'tensorflow') throw new Error('native operations need the native library');
  return tf.backend() as NativeBackend;
}

const rungs: readonly Rung[] = ['gpu', 'native', 'wasm'];
const flagNames = [
  'TF_ENABLE_ONEDNN_OPTS',
  'TF_NUM_INTRAOP_THREADS',
  'TF_NUM_INTEROP_THREADS',
  'OMP_NUM_THREADS',
  'CUDA_VISIBLE_DEVICES',
  'TF_FORCE_GPU_ALLOW_GROWTH',
] as const;

let started: Promise<Backend> | null = null;
let info: Backend | null = null;

/**
 * Loads TensorFlow, once in a process: later calls give what the first one found.
 * *Problems* network/backend-missing where the wished rung, or none at all, can run.
 */
export function startBackend(wish: BackendWish = {}): Promise<Backend> {
  started ??= climb(wish).then((backend) => (info = backend));
  return started;
}

/** What computes, or null before `startBackend` has ended. */
export function backendInfo(): Backend | null {
  return info;
}

async function climb(wish: BackendWish): Promise<Backend> {
  const wished = wish.rung ?? rungNamed(process.env['ISOLENS_RUNG']);
  const threads = threadsFor(wish.threads);
  const refused: string[] = [];
  if (wished !== 'wasm') {
    const native = await tryNative(wished, threads, refused);
    if (native) return native;
  }
  if (wished === undefined || wished === 'wasm') {
    const wasm = await tryWasm(refused);
    if (wasm) return wasm;
  }
  throw new IsolensError('network/backend-missing', { rung: wished ?? 'any', reason: refused.join('; ') });
}

function rungNamed(name: string | undefined): Rung | undefined {
  if (name === undefined || name === '') return undefined;
  const rung = rungs.find((r) => r === name);
  if (!rung) throw new IsolensError('network/backend-missing', { rung: name, reason: `rungs are ${rungs.join(', ')}` });
  return rung;
}

function threadsFor(wished: number | undefined): number {
  const named = wished ?? Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? '');
  return Number.isInteger(named) && named > 0 ? named : availableParallelism();
}

async function tryNative(wished: Rung | undefined, threads: number, refused: string[]): Promise<Backend | null> {
  const gpu = nvidiaDriver();
  if (wished !== 'native' && gpu === null) {
    refused.push('gpu: no NVIDIA driver is loaded');
    if (wished === 'gpu') return null;
  }
  const unable = cannotRunNative();
  if (unable !== null) {
    refused.push(`native: ${unable}`);
    return null;
  }
  // The library reads these once, while it loads.
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  process.env['OMP_NUM_THREADS'] = String(threads);
  // Off by default on processors without AVX-512: two to six times slower convolutions, and other last bits.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  if (wished === 'native' || gpu === null) process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  restoreRemovedUtil();
  try {
    const require = createRequire(import.meta.url);
    const binding = require('@tensorflow/tfjs-node') as { version: Record<string, string> };
    await tf.setBackend('tensorflow');
    const backend = tf.backend() as NativeBackend;
    selfCheck();
    const rung: Rung = backend.isUsingGpuDevice ? 'gpu' : 'native';
    if (rung === 'native' && gpu !== null && wished !== 'native') {
      refused.push('gpu: this libtensorflow found no GPU that it can use');
      if (wished === 'gpu') return null;
    }
    return {
      rung,
      versions: {
        node: process.versions.node,
        tfjs: tf.version_core,
        'tfjs-node': binding.version['tfjs-node'] ?? '',
        libtensorflow: backend.binding.TF_Version,
      },
      threads,
      flags: flags(),
      refused,
    };
  } catch (thrown) {
    refused.push(`native: ${firstLine(thrown)}`);
    return null;
  }
}

async function tryWasm(refused: string[]): Promise<Backend | null> {
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${wasmFolder()}/`);
    // A loaded but refused native backend would be chosen again by its priority.
    if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend could not be initialised');
    await tf.ready();
    selfCheck();
    return {
      rung: 'wasm',
      versions: { node: process.versions.node, tfjs: tf.version_core, 'tfjs-backend-wasm': wasm.version_wasm },
      threads: Math.max(1, wasm.getThreadsCount()),
      flags: {},
      refused,
    };
  } catch (thrown) {
    refused.push(`wasm: ${firstLine(thrown)}`);
    return null;
  }
}

/** A SavedModel as TensorFlow itself runs it. */
export interface NativeModel {
  /** Arguments are borrowed, what comes back is the caller's. */
  predict(inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
  dispose(): void;
}

/** Loads a SavedModel into TensorFlow; null where there is no native library. Its backend must have been started. */
export async function loadNativeModel(folder: string, signature: string): Promise<NativeModel | null> {
  if (info === null || info.rung === 'wasm') return null;
  const binding = createRequire(import.meta.url)('@tensorflow/tfjs-node') as {
    node: { loadSavedModel(folder: string, tags: string[], signature: string): Promise<NativeModel> };
  };
  return binding.node.loadSavedModel(folder, ['serve'], signature);
}

/** A graph that TensorFlow holds, optimises and runs whole. */
export interface NativeGraph {
  /** Values by native names, of what is fetched in its order. What is fed is borrowed, what comes back is the caller's. */
  run(fed: ReadonlyMap<string, Tensor>, fetched: readonly string[]): Tensor[];
  dispose(): void;
}

/** Loads a SavedModel as a bare graph, of which any node can be fed and fetched. Only on the rungs gpu and native. */
export function loadNativeGraph(folder: string): NativeGraph {
  const backend = nativeBackend();
  const id = backend.loadSavedModelMetaGraph(folder, 'serve');
  return {
    run: (fed, fetched) =>
      backend.runSavedModel(
        id,
        [...fed.values()],
        [...fed.keys()].map((name) => ({ name: `${name}:0` })),
        fetched.map((name) => `${name}:0`),
      ),
    dispose: () => {
      backend.deleteSavedModel(id);
    },
  };
}

/** The folder of the `.wasm` files: beside the built engine, else in the package. */
function wasmFolder(): string {
  const binary = 'tfjs-backend-wasm-simd.wasm';
  const beside = dirname(fileURLToPath(import.meta.url));
  if (existsSync(join(beside, binary))) return beside;
  return dirname(createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/dist/${binary}`));
}

function nvidiaDriver(): string | null {
  return ['/proc/driver/nvidia/version', '/dev/nvidiactl'].find((path) => existsSync(path)) ?? null;
}

/** Why loading the library would end the process (not just fail), as far as can be told before. */
function cannotRunNative(): string | null {
  if (process.arch !== 'x64' || !existsSync('/proc/cpuinfo')) return null;
  return /^flags\s*:.*\bavx\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')) ? null : 'this processor has no AVX';
}

/** tfjs-node 4.22 calls two functions that Node 23 removed. */
function restoreRemovedUtil(): void {
  const removed = util as unknown as Record<string, unknown>;
  removed['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  removed['isArray'] ??= Array.isArray;
}

/** A library that loads and computes nonsense is no library: one conv3d against numbers worked out by hand. */
function selfCheck(): void {
  const sums = tf.tidy(() => {
    const input = tf.tensor5d(
      Float32Array.from({ length: 8 }, (_, i) => i + 1),
      [1, 2, 2, 2, 1],
    );
    return tf.conv3d(input, tf.ones([2, 2, 2, 1, 1]), 1, 'same').dataSync();
  });
  const wanted = [36, 20, 22, 12, 26, 14, 15, 8];
  if (!wanted.every((value, i) => sums[i] === value)) throw new Error('its conv3d gives wrong numbers');
}

function flags(): Record<string, string> {
  return Object.fromEntries(
    flagNames.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function firstLine(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).trim().split('\n')[0] ?? '';
}
