import { IsolensError } from '../../../../../shared/problem/problem';
import { badStructure } from '../json';
import type { GraphBuilder } from '../lowering/builder';
import { dead, NotKnown, type MapValue, type Opaque, type Value } from '../lowering/value';
import { referenceOf, type FileFunction, type FileGraph, type FileNode } from './fileGraph';

/** One operation as a lowering sees it: what it is given, and where its node goes. */
export interface Operand {
  readonly node: FileNode;
  /** The name of its node in our graph. */
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly builder: GraphBuilder;
}

/** What an operation of the file becomes: one value for each of its outputs. */
export type Lowering = (operand: Operand) => Value | readonly Value[];

/** What a kind of file knows beyond its graph: variables, constants kept elsewhere, values of its inputs. */
export interface Surroundings {
  readonly lowerings: ReadonlyMap<string, Lowering>;
  /** Handled before the lowerings: inputs, variables. Null leaves it to them. */
  readonly own: (operand: Operand) => Value | readonly Value[] | null;
  /** Bytes of the network's files: what they hold may be large, what they only claim may not. */
  readonly bytes: number;
}

interface Scope {
  readonly prefix: string;
  readonly nodes: ReadonlyMap<string, FileNode>;
  readonly values: Map<string, readonly Value[]>;
  readonly depth: number;
}

const calls = ['PartitionedCall', 'StatefulPartitionedCall'];
const deepestCall = 64;
const mostOperations = 200_000;
/** Numbers that constants may take beside those that the files hold. */
const mostComputed = 2 ** 27;

/**
 * Walks a graph of TensorFlow's operations in order and makes ours, functions unfolded in their place. What hangs on constants alone is
 * computed, what hangs on shapes alone is followed as sizes, and branches that are never taken end.
 */
export class Tracing {
  readonly #graph: FileGraph;
  readonly #builder: GraphBuilder;
  readonly #surroundings: Surroundings;
  readonly #top: Scope;
  #operations = 0;
  #numbers = 0;

  constructor(graph: FileGraph, builder: GraphBuilder, surroundings: Surroundings) {
    this.#graph = graph;
    this.#builder = builder;
    this.#surroundings = surroundings;
    this.#top = this.#scope('', graph.nodes, 0);
  }

  /** Traces what the references hang on, and gives their values. */
  values(references: readonly string[]): readonly Value[] {
    return this.#trace(this.#top, references);
  }

  #scope(prefix: string, nodes: readonly FileNode[], depth: number): Scope {
    const byName = new Map<string, FileNode>();
    for (const node of nodes) {
      if (byName.has(node.name)) throw badStructure(`two operations are called ${node.name}`);
      byName.set(node.name, node);
    }
    return { prefix, nodes: byName, values: new Map(), depth };
  }

  #trace(scope: Scope, references: readonly string[]): readonly Value[] {
    const roots = references.map((reference) => this.#read(scope, reference)?.node ?? '');
    for (const node of this.#ordered(scope, roots)) scope.values.set(node.name, this.#outputs(scope, node));
    return references.map((reference) => this.#valueOf(scope, reference));
  }

  #read(scope: Scope, reference: string): ReturnType<typeof referenceOf> {
    return referenceOf(reference, (name) => scope.nodes.get(name)?.op);
  }

  #valueOf(scope: Scope, reference: string): Value {
    const read = this.#read(scope, reference);
    const values = read ? scope.values.get(read.node) : undefined;
    if (!read || !values) throw badStructure(`an operation reads ${reference}, which is not there`);
    return values[read.output] ?? { kind: 'opaque', what: `output ${read.output} of ${read.node}`, texts: [] };
  }

  /** What the roots hang on and is not traced yet, inputs first. *Problems* network/cyclic, network/bad-structure. */
  #ordered(scope: Scope, roots: readonly string[]): readonly FileNode[] {
    const ordered: FileNode[] = [];
    const open = new Set<string>();
    const done = new Set(scope.values.keys());
    for (const root of roots) {
      const stack = [root];
      while (stack.length > 0) {
        const name = stack.at(-1)!;
        if (done.has(name)) {
          stack.pop();
          continue;
        }
        const node = scope.nodes.get(name);
        if (!node) throw badStructure(`an operation reads ${name}, which is not there`);
        open.add(name);
        const before = dataInputs(node).map((input) => this.#read(scope, input)!.node);
        const waiting = before.find((input) => !done.has(input));
        if (waiting === undefined) {
          done.add(name);
          ordered.push(node);
          stack.pop();
        } else {
          if (open.has(waiting)) throw new IsolensError('network/cyclic', {}, { node: waiting });
          stack.push(waiting);
        }
      }
    }
    return ordered;
  }

  #outputs(scope: Scope, node: FileNode): readonly Value[] {
    if (++this.#operations > mostOperations)
      throw badStructure(`it unfolds into more than ${mostOperations} operations`);
    const inputs = dataInputs(node).map((input) => this.#valueOf(scope, input));
    const name = this.#nameFor(scope, node);
    const operand: Operand = { node, name, inputs, builder: this.#builder };
    if (node.op !== 'Merge' && inputs.some((input) => input.kind === 'dead'))
      return Array.from({ length: 8 }, () => dead);
    const made = this.#surroundings.own(operand) ?? this.#called(scope, operand) ?? this.#lowered(operand);
    const values = Array.isArray(made) ? (made as readonly Value[]) : [made as Value];
    this.#count(values, operand);
    return values;
  }

  /** *Problems* network/too-large. */
  #count(values: readonly Value[], { node, inputs }: Operand): void {
    for (const value of values) {
      if (value.kind === 'constant' && !inputs.includes(value)) this.#numbers += value.values.length;
    }
    if (this.#numbers <= mostComputed + this.#surroundings.bytes) return;
    const claimed = `${((this.#numbers * 4) / 2 ** 20).toFixed(0)} MiB`;
    throw new IsolensError('network/too-large', { claimed }, { node: node.name });
  }

  /** A node of a function bears the name that it has there, and the call's before it where that is taken. */
  #nameFor({ prefix }: Scope, { name }: FileNode): string {
    if (!this.#builder.has(name)) return name;
    for (let i = 1; ; i++) {
      const tried = `${prefix}${name}${i === 1 ? '' : `@${i}`}`;
      if (!this.#builder.has(tried)) return tried;
    }
  }

  #called(scope: Scope, { node, inputs }: Operand): readonly Value[] | null {
    const name = calls.includes(node.op)
      ? node.attributes.get('f')?.func
      : this.#graph.functions.has(node.op)
        ? node.op
        : null;
    if (name === null || name === undefined) return null;
    const called = this.#graph.functions.get(name);
    if (!called) throw badStructure(`the function ${name} is not there`);
    return this.callOf(called, inputs, `${scope.prefix}${node.name}/`, scope.depth + 1);
  }

  /** The results of a function for the given arguments. */
  callOf(called: FileFunction, inputs: readonly Value[], prefix: string, depth: number): readonly Value[] {
    if (depth > deepestCall) throw badStructure(`the function ${called.name} calls itself`);
    if (inputs.length !== called.parameters.length) {
      throw badStructure(
        `the function ${called.name} takes ${called.parameters.length} values and gets ${inputs.length}`,
      );
    }
    const scope = this.#scope(prefix, called.nodes, depth);
    called.parameters.forEach((parameter, i) => scope.values.set(parameter, [inputs[i]!]));
    return this.#trace(
      scope,
      called.results.map((result) => {
        const reference = called.returns.get(result);
        if (reference === undefined)
          throw badStructure(`the function ${called.name} does not say its result ${result}`);
        return reference;
      }),
    );
  }

  #lowered(operand: Operand): Value | readonly Value[] {
    const { node, name, inputs } = operand;
    try {
      const lowering = this.#surroundings.lowerings.get(node.op);
      const opaque = inputs.find((input): input is Opaque => input.kind === 'opaque');
      if (lowering) return lowering(operand);
      if (opaque) return opaque;
      throw new NotKnown('Isolens does not know this operation');
    } catch (thrown) {
      if (!(thrown instanceof NotKnown)) throw thrown;
      const maps = inputs.flatMap((input): MapValue[] => {
        if (input.kind === 'spread' || input.kind === 'rows') return [input.from];
        return input.kind === 'map' ? [input] : [];
      });
      // Without a map among its inputs it is no part of the network yet: whoever uses it is told what it is.
      if (maps.length === 0) return { kind: 'opaque', what: `${node.op} (${thrown.message})`, texts: [] };
      return this.#builder.unknown(
        name,
        node.op,
        thrown.message,
        maps.map((map) => map.node),
      );
    }
  }
}

const dataInputs = (node: FileNode): readonly string[] => node.inputs.filter((input) => !input.startsWith('^'));
