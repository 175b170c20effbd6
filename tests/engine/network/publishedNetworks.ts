import { assemble } from '../../../main/engine/network/assemble';
import type { NetworkGraph, Weight } from '../../../main/engine/network/graph';
import type { NodeCore } from '../../../main/engine/network/operation/operation';

type Pad = 'same' | 'valid';

/**
 * The classifiers of the TF-Slim library by their windows, strides and paddings alone, one channel a filter: what reads space and nothing else.
 * End points have the library's names.
 */
class Slim {
  readonly #nodes: NodeCore[] = [{ name: 'input', op: 'input', inputs: [], attributes: {}, weights: [] }];
  readonly #channels = new Map([['input', 1]]);
  readonly ends = new Map<string, string>();

  #add(
    op: string,
    inputs: readonly string[],
    channels: number,
    attributes: object,
    weights: readonly Weight[] = [],
  ): string {
    const name = `n${this.#nodes.length}`;
    this.#nodes.push({ name, op, inputs, attributes: { ...attributes }, weights });
    this.#channels.set(name, channels);
    return name;
  }
  conv(x: string, size: number | readonly [number, number], stride = 1, padding: Pad | 'around' = 'same'): string {
    const kernelSize = typeof size === 'number' ? [size, size] : [...size];
    const inside = this.#channels.get(x)!;
    // ResNets pad strided windows alike on both sides, whatever the size of the map.
    const around = kernelSize.map((k) => [Math.floor((k - 1) / 2), k - 1 - Math.floor((k - 1) / 2)]);
    const attributes = {
      kernelSize,
      strides: [stride, stride],
      dilation: [1, 1],
      padding: padding === 'around' ? around : padding,
      groups: 1,
    };
    const shape = [...kernelSize, inside, 1];
    return this.#add('conv2d', [x], 1, attributes, [
      { name: 'kernel', shape, values: new Float32Array(shape.reduce((p, n) => p * n)) },
    ]);
  }
  /** One after the other; a stride belongs to the last. */
  convs(x: string, sizes: readonly (number | readonly [number, number])[], stride = 1, padding: Pad = 'same'): string {
    return sizes.reduce<string>(
      (map, size, at) => (at === sizes.length - 1 ? this.conv(map, size, stride, padding) : this.conv(map, size)),
      x,
    );
  }
  depthwise(x: string, size: number, stride: number): string {
    const channels = this.#channels.get(x)!;
    const attributes = { kernelSize: [size, size], strides: [stride, stride], dilation: [1, 1], padding: 'same' };
    return this.#add('depthwiseConv2d', [x], channels, attributes, [
      { name: 'kernel', shape: [size, size, channels, 1], values: new Float32Array(size * size * channels) },
    ]);
  }
  pool(kind: 'max' | 'average', x: string, size: number, stride: number, padding: Pad = 'same'): string {
    return this.#add(`${kind}Pool2d`, [x], this.#channels.get(x)!, {
      kernelSize: [size, size],
      strides: [stride, stride],
      padding,
    });
  }
  concat(...parts: readonly string[]): string {
    return this.#add(
      'concatenate',
      parts,
      parts.reduce((sum, part) => sum + this.#channels.get(part)!, 0),
      { axis: -1 },
    );
  }
  add(a: string, b: string): string {
    return this.#add('add', [a, b], Math.max(this.#channels.get(a)!, this.#channels.get(b)!), {});
  }
  end(name: string, node: string): string {
    this.ends.set(name, node);
    return node;
  }
  graph(size: number | null): NetworkGraph {
    return assemble({
      name: 'published',
      nodes: this.#nodes,
      inputs: [{ name: 'input', node: 'input', shape: [null, size, size, 1] }],
      outputs: [{ name: 'output', node: this.#nodes.at(-1)!.name }],
    });
  }
}

export interface Published {
  readonly graph: (size: number | null) => NetworkGraph;
  /** By end point the node. */
  readonly ends: ReadonlyMap<string, string>;
}

const made = (build: (net: Slim) => void): Published => {
  const net = new Slim();
  build(net);
  return { graph: (size) => net.graph(size), ends: net.ends };
};

/** Krizhevsky 2014. */
export const alexnet = made((net) => {
  let x = net.end('conv1', net.conv('input', 11, 4, 'valid'));
  x = net.end('pool1', net.pool('max', x, 3, 2, 'valid'));
  x = net.end('conv2', net.conv(x, 5));
  x = net.end('conv3', net.conv(net.pool('max', x, 3, 2, 'valid'), 3));
  x = net.end('conv4', net.conv(x, 3));
  x = net.end('conv5', net.conv(x, 3));
  net.end('pool5', net.pool('max', x, 3, 2, 'valid'));
});

/** Simonyan & Zisserman 2014: so many 3×3 convolutions before each of the five poolings. */
export const vgg = (depths: readonly number[]): Published =>
  made((net) => {
    depths.reduce((x, depth, block) => {
      const convs = net.convs(
        x,
        Array.from({ length: depth }, () => 3),
      );
      return net.end(`pool${block + 1}`, net.pool('max', convs, 2, 2, 'valid'));
    }, 'input');
  });

/** Howard et al. 2017. */
export const mobilenet = made((net) => {
  const strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];
  strides.reduce(
    (x, stride, at) => net.end(`Conv2d_${at + 1}_pointwise`, net.conv(net.depthwise(x, 3, stride), 1)),
    net.end('Conv2d_0', net.conv('input', 3, 2)),
  );
});

/** He et al. 2015, with the stride in the last unit of a block as TF-Slim has it. */
export const resnet = (units: readonly number[]): Published =>
  made((net) => {
    let x = net.pool('max', net.conv('input', 7, 2, 'around'), 3, 2);
    units.forEach((count, block) => {
      for (let unit = 1; unit <= count; unit++) {
        const stride = unit === count && block < 3 ? 2 : 1;
        const residual = net.conv(net.conv(net.conv(x, 1), 3, stride, stride === 1 ? 'same' : 'around'), 1);
        const shortcut = unit === 1 ? net.conv(x, 1, stride) : stride === 1 ? x : net.pool('max', x, 1, stride);
        x = net.add(shortcut, residual);
      }
      net.end(`block${block + 1}`, x);
    });
  });

const wide = [1, 7] as const;
const high = [7, 1] as const;

const pooledTo1 = (net: Slim, x: string): string => net.conv(net.pool('average', x, 3, 1), 1);

/** Maps of half the size: by a window, by two, and by pooling. */
const halved = (net: Slim, x: string, first: readonly number[], padding: Pad): string =>
  net.concat(net.convs(x, first, 2, padding), net.convs(x, [1, 3, 3], 2, padding), net.pool('max', x, 3, 2, padding));

const blockA = (net: Slim, x: string, middle: number): string =>
  net.concat(net.conv(x, 1), net.convs(x, [1, middle]), net.convs(x, [1, 3, 3]), pooledTo1(net, x));

const blockB = (net: Slim, x: string): string =>
  net.concat(
    net.conv(x, 1),
    net.convs(x, [1, wide, high]),
    net.convs(x, [1, high, wide, high, wide]),
    pooledTo1(net, x),
  );

const halvedB = (net: Slim, x: string): string =>
  net.concat(
    net.convs(x, [1, 3], 2, 'valid'),
    net.convs(x, [1, wide, high, 3], 2, 'valid'),
    net.pool('max', x, 3, 2, 'valid'),
  );

const bothWays = (net: Slim, x: string): string => net.concat(net.conv(x, [1, 3]), net.conv(x, [3, 1]));

const blockC = (net: Slim, x: string, before: readonly (number | readonly [number, number])[]): string =>
  net.concat(net.conv(x, 1), bothWays(net, net.conv(x, 1)), bothWays(net, net.convs(x, before)), pooledTo1(net, x));

/** Ioffe & Szegedy 2015. */
export const inceptionV2 = made((net) => {
  let x = net.end('MaxPool_2a_3x3', net.pool('max', net.end('Conv2d_1a_7x7', net.conv('input', 7, 2)), 3, 2));
  x = net.end('MaxPool_3a_3x3', net.pool('max', net.end('Conv2d_2c_3x3', net.convs(x, [1, 3])), 3, 2));
  for (const name of ['3b', '3c']) x = net.end(`Mixed_${name}`, blockA(net, x, 3));
  x = net.end('Mixed_4a', halved(net, x, [1, 3], 'same'));
  for (const name of ['4b', '4c', '4d', '4e']) x = net.end(`Mixed_${name}`, blockA(net, x, 3));
  x = net.end('Mixed_5a', halved(net, x, [1, 3], 'same'));
  for (const name of ['5b', '5c']) x = net.end(`Mixed_${name}`, blockA(net, x, 3));
});

const stemV3 = (net: Slim): string => {
  const first = net.end(
    'Conv2d_2a_3x3',
    net.conv(net.end('Conv2d_1a_3x3', net.conv('input', 3, 2, 'valid')), 3, 1, 'valid'),
  );
  const pooled = net.end(
    'MaxPool_3a_3x3',
    net.pool('max', net.end('Conv2d_2b_3x3', net.conv(first, 3)), 3, 2, 'valid'),
  );
  const second = net.end('Conv2d_4a_3x3', net.conv(net.conv(pooled, 1), 3, 1, 'valid'));
  return net.end('MaxPool_5a_3x3', net.pool('max', second, 3, 2, 'valid'));
};

/** Szegedy et al. 2015. */
export const inceptionV3 = made((net) => {
  let x = stemV3(net);
  for (const name of ['5b', '5c', '5d']) x = net.end(`Mixed_${name}`, blockA(net, x, 5));
  x = net.end('Mixed_6a', halved(net, x, [3], 'valid'));
  for (const name of ['6b', '6c', '6d', '6e']) x = net.end(`Mixed_${name}`, blockB(net, x));
  x = net.end('Mixed_7a', halvedB(net, x));
  for (const name of ['7b', '7c']) x = net.end(`Mixed_${name}`, blockC(net, x, [1, 3]));
});

/** Szegedy et al. 2016. */
export const inceptionV4 = made((net) => {
  let x = net.conv(net.conv(net.conv('input', 3, 2, 'valid'), 3, 1, 'valid'), 3);
  x = net.end('Mixed_3a', net.concat(net.pool('max', x, 3, 2, 'valid'), net.conv(x, 3, 2, 'valid')));
  x = net.end('Mixed_4a', net.concat(net.convs(x, [1, 3], 1, 'valid'), net.convs(x, [1, wide, high, 3], 1, 'valid')));
  x = net.end('Mixed_5a', net.concat(net.conv(x, 3, 2, 'valid'), net.pool('max', x, 3, 2, 'valid')));
  for (const name of ['5b', '5c', '5d', '5e']) x = net.end(`Mixed_${name}`, blockA(net, x, 3));
  x = net.end('Mixed_6a', halved(net, x, [3], 'valid'));
  for (const name of ['6b', '6c', '6d', '6e', '6f', '6g', '6h']) x = net.end(`Mixed_${name}`, blockB(net, x));
  x = net.end('Mixed_7a', halvedB(net, x));
  for (const name of ['7b', '7c', '7d']) x = net.end(`Mixed_${name}`, blockC(net, x, [1, [3, 1], [1, 3]]));
});

/** Szegedy et al. 2016: ten, twenty and ten residual units. */
export const inceptionResnetV2 = made((net) => {
  const repeated = (x: string, times: number, branches: (map: string) => readonly string[]): string =>
    Array.from({ length: times }).reduce<string>((map) => net.add(map, net.conv(net.concat(...branches(map)), 1)), x);
  let x = net.end('Mixed_5b', blockA(net, stemV3(net), 5));
  x = repeated(x, 10, (map) => [net.conv(map, 1), net.convs(map, [1, 3]), net.convs(map, [1, 3, 3])]);
  x = net.end('Mixed_6a', halved(net, x, [3], 'valid'));
  x = net.end(
    'PreAuxLogits',
    repeated(x, 20, (map) => [net.conv(map, 1), net.convs(map, [1, wide, high])]),
  );
  x = net.end(
    'Mixed_7a',
    net.concat(
      net.convs(x, [1, 3], 2, 'valid'),
      net.convs(x, [1, 3], 2, 'valid'),
      net.convs(x, [1, 3, 3], 2, 'valid'),
      net.pool('max', x, 3, 2, 'valid'),
    ),
  );
  net.end(
    'Conv2d_7b_1x1',
    net.conv(
      repeated(x, 10, (map) => [net.conv(map, 1), net.convs(map, [1, [1, 3], [3, 1]])]),
      1,
    ),
  );
});
