import { describe, expect, it } from 'vitest';
import { maps } from '../../../../main/engine/analysis/maps/maps';
import { maps as definition, type MapsSplit } from '../../../../shared/analysis/maps';
import { Verdict } from '../../../../shared/verdict';
import { arrayInput, contextOf, memoryWriter, relu, runToEnd, writtenNetwork } from '../writtenNetwork';

interface Case {
  readonly mean: number;
  readonly tags?: Readonly<Record<string, string | number>>;
  readonly patient?: string;
}

/** P2: ReLU(mean − 5), and a second filter that always answers. */
const network = writtenNetwork(
  [2, 2, 1],
  [
    {
      name: 'conv',
      inputs: ['x'],
      shape: [2, 2, 2],
      activation: relu,
      weights: [{ name: 'kernel', shape: [1, 1, 1, 2], values: new Float32Array(2) }],
      compute: ([x]) => {
        const mean = Array.from(x ?? []).reduce((sum, value) => sum + value, 0) / 4;
        return Array.from(x ?? []).flatMap((value) => [mean - 5, value]);
      },
    },
  ],
);

async function splitOf(cases: readonly Case[], split: string | null = 'scanner') {
  const context = contextOf(network, { inputCount: cases.length });
  const parameters = definition.parameters.parse({ split });
  const parts = [];
  for (const [i, { mean, tags, patient }] of cases.entries()) {
    const id = `p${String(i)}`;
    const image = [mean - 1, mean + 1, mean, mean];
    const input = { ...arrayInput(image, [2, 2, 1], { id, patient: patient ?? id }), ...(tags ? { tags } : {}) };
    const { part } = await runToEnd(
      maps.onInput(input, context, parameters, memoryWriter().writer, new AbortController().signal),
    );
    parts.push(JSON.parse(JSON.stringify(part)) as typeof part);
  }
  const { summary, verdict } = maps.conclude(parts, context, parameters);
  const read = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
  return { split: read.split, verdict: Verdict.parse(verdict) };
}

const times = (n: number, make: (k: number) => Case): Case[] => Array.from({ length: n }, (_, k) => make(k));
const at = (scanner: string, mean: number) => (): Case => ({ mean, tags: { ManufacturerModelName: scanner } });
const first = (split: MapsSplit | undefined) => split?.layers[0]?.channels[0];

describe('maps split by a tag', () => {
  it('finds the filter that is dead for one scanner only, with Fisher’s p (P2)', async () => {
    const { split, verdict } = await splitOf([...times(8, at('A', 8)), ...times(8, at('B', 2))]);
    expect(split).toMatchObject({
      tag: 'scanner',
      levels: [
        { level: 'A', patients: 8 },
        { level: 'B', patients: 8 },
      ],
      leftOut: 0,
      test: { kind: 'fisher', levels: ['A', 'B'] },
      reason: null,
    });
    // The filter that answers in everybody could not have differed: it is no test.
    expect(split?.layers[0]).toMatchObject({ node: 'conv', family: 2, tested: 1 });
    expect(first(split)).toMatchObject({ channel: 0, fired: [8, 0], differs: true });
    expect(first(split)?.p).toBeCloseTo(2 / 12870, 12);
    expect(first(split)?.adjusted).toBeCloseTo(2 / 12870, 12);
    expect(verdict).toMatchObject({ level: 'watch', code: 'differs-by-tag' });
    expect(verdict.sentence.en).toContain('1 filter answers in some patients and not in others by scanner');
    expect(verdict.detail?.en).toContain('p = 0.00016');
    expect(verdict.detail?.fr).toContain('p = 0,00016');
  });

  it('says nothing where scanners answer alike, and counts what could have been seen', async () => {
    const mixed =
      (scanner: string) =>
      (k: number): Case =>
        at(scanner, k % 2 === 0 ? 8 : 2)();
    const { split, verdict } = await splitOf([...times(8, mixed('A')), ...times(8, mixed('B'))]);
    expect(first(split)).toMatchObject({ fired: [4, 4], p: 1, differs: false });
    expect(verdict).toMatchObject({ level: 'fine', code: 'alive' });
    expect(verdict.evidence.at(-2)?.value).toBe(1);
  });

  it('counts patients, not their scans: two scans of each are no more evidence than one', async () => {
    const twice =
      (scanner: string, mean: number) =>
      (k: number): Case => ({
        ...at(scanner, mean)(),
        patient: `${scanner}${String(Math.floor(k / 2))}`,
      });
    const { split } = await splitOf([...times(10, twice('A', 8)), ...times(10, twice('B', 2))]);
    expect(first(split)).toMatchObject({ fired: [5, 0] });
    expect(first(split)?.p).toBeCloseTo(2 / 252, 12);
  });

  it('does not test fewer than five patients at the rarer value, and says so', async () => {
    const { split, verdict } = await splitOf([...times(12, at('A', 8)), ...times(4, at('B', 2))]);
    expect(split).toMatchObject({ test: null, reason: 'few-patients', layers: [] });
    expect(verdict.caveats.map(({ en }) => en)).toContain(
      'not tested by scanner: fewer than 5 patients at the rarer value',
    );
    expect((await splitOf(times(6, at('A', 8)))).split?.reason).toBe('one-level');
    expect((await splitOf(times(6, () => ({ mean: 8 })))).split?.reason).toBe('no-tag');
    expect((await splitOf(times(3, at('A', 8)), null)).split).toBeUndefined();
  });

  it('leaves out patients without the tag or with two values of it', async () => {
    const { split } = await splitOf([
      ...times(6, at('A', 8)),
      ...times(6, at('B', 2)),
      { mean: 8 },
      { ...at('A', 8)(), patient: 'both' },
      { ...at('B', 2)(), patient: 'both' },
    ]);
    expect(split).toMatchObject({ leftOut: 2 });
    expect(first(split)?.fired).toEqual([6, 0]);
  });

  it('compares numbers by rank, and more than two values by permutation', async () => {
    const dose = await splitOf(
      times(12, (k) => ({ mean: k < 6 ? 2 : 8, tags: { XRayTubeCurrent: String(100 + 10 * k) } })),
      'XRayTubeCurrent',
    );
    expect(dose.split?.test?.kind).toBe('mann-whitney');
    // Exact: 2 / C(12, 6).
    expect(first(dose.split)?.p).toBeCloseTo(2 / 924, 12);
    expect(first(dose.split)?.medians).toEqual([185, 125]);

    const kernel = (name: string, mean: number) => (): Case => ({ mean, tags: { ConvolutionKernel: name } });
    const three = await splitOf(
      [
        ...times(6, kernel('soft', 8)),
        ...times(6, kernel('sharp', 2)),
        ...times(6, kernel('bone', 2)),
        kernel('rare', 2)(),
      ],
      'kernel',
    );
    expect(three.split?.test).toEqual({ kind: 'permutation', levels: ['bone', 'sharp', 'soft'] });
    expect(first(three.split)).toMatchObject({ fired: [0, 0, 6], differs: true });
    expect(first(three.split)?.p).toBeLessThan(0.001);
  });

  it('names another tag that goes with the one asked for', async () => {
    const both = (scanner: string, kernel: string, mean: number) => (): Case => ({
      mean,
      tags: { ManufacturerModelName: scanner, ConvolutionKernel: kernel, PatientSex: 'F' },
    });
    const { split, verdict } = await splitOf([...times(8, both('A', 'soft', 8)), ...times(8, both('B', 'sharp', 2))]);
    expect(split?.confounded).toEqual([{ tag: 'ConvolutionKernel', cramersV: 1 }]);
    expect(verdict.caveats.map(({ fr }) => fr).join()).toContain('scanner va de pair avec ConvolutionKernel');
  });
});
