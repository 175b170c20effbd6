import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { closePlan, planJob, type NetworkOpener } from '../../../main/engine/job/plan';
import { checkJob } from '../../../main/engine/job/readJob';
import { resultFolder } from '../../../main/engine/job/resultFolder';
import { runPlan } from '../../../main/engine/job/run';
import type { GraphDraft } from '../../../main/engine/network/assemble';
import { plainRelu } from '../../../main/engine/network/operation/activation';
import { npyHeader } from '../../../main/engine/result/npy';
import { compare, type CompareSummary } from '../../../shared/analysis/compare';
import { Results, type Shard } from '../../../shared/result';
import { assembledNetwork, vector } from '../analysis/assembledNetwork';

/** Filters of 1 × 1 over one channel, ReLU, then classes from a dense layer over the 2 × 2 places. */
export interface Planted {
  readonly weights: readonly number[];
  readonly bias: readonly number[];
  /** What the layer is called in this file. */
  readonly name?: string;
  /** The recipe of training that the job says it is a run of. */
  readonly group?: string;
}

export function draft({ weights, bias, name = 'conv' }: Planted): GraphDraft {
  const out = bias.length;
  const classes = Float32Array.from({ length: out * 4 * 2 }, (_, at) => (at % 2 === 0 ? 0.4 : -0.2) * (1 + (at % 5)));
  return {
    name: 'planted',
    nodes: [
      { name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] },
      {
        name,
        op: 'conv2d',
        inputs: ['x'],
        attributes: { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid', activation: plainRelu },
        weights: [{ name: 'kernel', shape: [1, 1, 1, out], values: Float32Array.from(weights) }, vector('bias', bias)],
      },
      { name: 'flat', op: 'flatten', inputs: [name], attributes: {}, weights: [] },
      {
        name: 'out',
        op: 'dense',
        inputs: ['flat'],
        attributes: { activation: { kind: 'softmax', axes: [-1] } },
        weights: [{ name: 'kernel', shape: [out * 4, 2], values: classes }, vector('bias', [0, 0.1])],
      },
    ],
    inputs: [{ name: 'x', node: 'x', shape: [null, 2, 2, 1] }],
    outputs: [{ name: 'out', node: 'out' }],
  };
}

const classes = {
  schema: 'isolens/recipe@1',
  dims: 2,
  grid: {},
  channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1] }],
  output: { kind: 'classification', labels: ['a', 'b'] },
};

/** A folder of a test's own, and comparisons of planted networks that are run in it. */
export function plantedComparison(recipe: object = classes) {
  let folder = '';
  let planted: Readonly<Record<string, Planted | GraphDraft>> = {};
  const open: NetworkOpener = async (path) => {
    const name = basename(path, '.json');
    const own = planted[name] as Planted | GraphDraft;
    const network = await assembledNetwork('nodes' in own ? own : draft(own));
    const { group: _, ...content } = own as Planted;
    const seen = 'nodes' in own ? own.nodes.map(({ weights }) => weights.map(({ values }) => [...values])) : content;
    return { ...network, name, sha256: JSON.stringify(seen) };
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isolens-compare-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function patients(
    count: number,
    value: (patient: number, voxel: number) => number,
    more: (patient: number) => object = (p) => ({ label: p % 2 === 0 ? 'a' : 'b' }),
  ): Promise<object[]> {
    const inputs: object[] = [];
    for (let p = 0; p < count; p++) {
      const values = Float32Array.from({ length: 4 }, (_, v) => value(p, v));
      await writeFile(join(folder, `p${String(p)}.npy`), [npyHeader(values, [2, 2, 1]), new Uint8Array(values.buffer)]);
      inputs.push({ array: `p${String(p)}.npy`, ...more(p) });
    }
    return inputs;
  }

  /** Saves a list of inputs as a database of that name, and gives the job's input. */
  async function list(name: string, entries: readonly object[]): Promise<object> {
    const database = `${name}.json`;
    await writeFile(join(folder, database), JSON.stringify({ schema: 'isolens/database@1', name, entries }));
    return { database };
  }

  async function jobOf(inputs: readonly object[], parameters: object) {
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
    for (const name of Object.keys(planted)) await writeFile(join(folder, `${name}.json`), '{}');
    const networks = Object.fromEntries(
      Object.entries(planted).map(([name, own]) => [
        name,
        {
          network: `${name}.json`,
          recipe: 'recipe.json',
          ...('group' in own ? { group: own.group } : {}),
        },
      ]),
    );
    const analyses = [{ id: 'compare', parameters }];
    return { job: checkJob({ schema: 'isolens/job@1', networks, inputs, analyses }), base: folder };
  }

  async function run(inputs: readonly object[], parameters: object, out = 'out', shard?: Shard, resume = false) {
    const read = await jobOf(inputs, parameters);
    const plan = await planJob(read, { open });
    const into = await resultFolder(join(folder, out), read.job);
    await runPlan(plan, {
      folder: into,
      signal: new AbortController().signal,
      resume,
      memoryBytes: 2 ** 26,
      progress: () => undefined,
      shard,
    });
    closePlan(plan);
    const results = Results.parse(JSON.parse(await readFile(join(into.path, 'results.json'), 'utf8')));
    const [analysis] = results.analyses;
    const summary: CompareSummary = compare.summary.parse(analysis?.summary);
    return { results, summary, analysis, report: await readFile(into.reportPath, 'utf8'), path: into.path };
  }

  return {
    /** Sets the networks of the job, in its order. */
    plant: (networks: Readonly<Record<string, Planted | GraphDraft>>): void => {
      planted = networks;
    },
    inFolder: (...parts: readonly string[]): string => join(folder, ...parts),
    ...{ open, patients, list, jobOf, run },
  };
}

export const ramp = (p: number, v: number): number => (0.2 + 0.1 * ((3 * p + v) % 7)) / (1 + (p % 3));
