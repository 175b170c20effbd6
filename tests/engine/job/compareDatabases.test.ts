import { describe, expect, it } from 'vitest';
import { closePlan, planJob } from '../../../main/engine/job/plan';
import { checkJob } from '../../../main/engine/job/readJob';
import type { IsolensError } from '../../../shared/problem/problem';
import { plantedComparison, ramp } from './plantedComparison';

const { plant, inFolder, open, patients, list, jobOf, run } = plantedComparison();

const one = { weights: [1, 1, 1], bias: [0, 0.1, -0.75] };
/** The second list's patients answer higher, and only they wake the third filter. */
const sites = (p: number, v: number): number => (p < 8 ? 0.2 : 0.9) + 0.02 * ((5 * p + 3 * v) % 9);

describe('two databases and one network', () => {
  it('are held against each other: measures by rank, layers by energy distance, silent channels by Fisher', async () => {
    plant({ net: one });
    const made = await patients(16, sites, (p) => ({ label: p < 8 || p % 2 === 0 ? 'a' : 'b' }));
    const inputs = [await list('site A', made.slice(0, 8)), await list('site B', made.slice(8))];
    const { summary, analysis, results } = await run(inputs, {});
    expect(results.errors).toEqual([]);
    const { databases } = summary;
    expect(databases?.databases).toEqual([
      { database: 'site A', patients: 8, inputs: 8 },
      { database: 'site B', patients: 8, inputs: 8 },
    ]);
    expect(databases?.shared).toBe(0);
    const right = databases?.tests.find(({ measure }) => measure === 'predict/right');
    expect(right).toMatchObject({ kind: 'fisher', network: 'net' });
    const [layer] = databases?.layers ?? [];
    // Of the 12 870 ways to deal 16 patients into eights 999 are drawn, and none is as far apart.
    expect(layer).toMatchObject({ node: 'conv', network: 'net', exact: false, p: 1 / 1000 });
    expect(layer?.distance).toBeGreaterThan(1);
    // 0 of 8 against 8 of 8: p = 2 / C(16, 8), methods P2.
    expect(layer?.channels).toEqual([
      expect.objectContaining({ channel: 2, silentPatients: [8, 0], p: expect.closeTo(2 / 12870, 9) as number }),
    ]);
    expect(summary.tests).toEqual([]);
    expect(summary.attribution.code).toBe('one-network');
    expect(analysis?.verdict).toMatchObject({ level: 'watch' });
    expect(['databases-differ', 'features-differ']).toContain(analysis?.verdict?.code);
    for (const { sentence } of [analysis?.verdict ?? { sentence: { en: '', fr: '' } }]) {
      expect(sentence.en).toContain('site B');
      expect(sentence.fr).toContain('site B');
    }
  });

  it('are not said to differ where they are of one kind', async () => {
    plant({ net: one });
    const made = await patients(12, ramp);
    const odd = made.filter((_, p) => p % 2 === 1);
    const even = made.filter((_, p) => p % 2 === 0).map((entry) => ({ ...entry, label: 'b' }));
    const { summary, analysis } = await run([await list('odd', odd), await list('even', even)], {});
    expect(summary.databases?.layers.every(({ holm }) => holm > 0.05)).toBe(true);
    expect(analysis?.verdict).toMatchObject({
      level: 'cannot-say',
      code: 'no-difference-shown',
      confidence: 'moderate',
    });
  });

  it('leave out a patient whom both name, and say so', async () => {
    plant({ net: one });
    const made = await patients(9, ramp);
    const inputs = [await list('half', made.slice(0, 5)), await list('other half', made.slice(4))];
    const { summary, analysis } = await run(inputs, {});
    expect(summary.databases).toMatchObject({ shared: 1 });
    expect(summary.databases?.databases.map(({ patients: n, inputs: m }) => [n, m])).toEqual([
      [4, 5],
      [4, 5],
    ]);
    expect(summary.databases?.layers[0]?.databases.map(({ patients: n }) => n)).toEqual([4, 4]);
    expect(analysis?.warnings?.map(({ code, facts }) => [code, facts])).toContainEqual([
      'compare/shared-patients',
      { count: 1 },
    ]);
  });

  it('are counted too small to decide: three patients each', async () => {
    plant({ net: one });
    const made = await patients(6, sites);
    const { summary } = await run([await list('A', made.slice(0, 3)), await list('B', made.slice(3))], {});
    expect(summary.databases?.tests.every(({ cannotDecide }) => cannotDecide)).toBe(true);
    // 2 of the 20 ways: an outcome and its mirror.
    expect(summary.databases?.layers[0]).toMatchObject({ cannotDecide: true, exact: true });
  });

  it('may be told by the tags of the job’s own inputs, and the network by its one word', async () => {
    plant({ net: one });
    const made = await patients(8, ramp);
    const tagged = made.map((input, p) => ({ ...input, tags: { database: p < 4 ? 'left' : 'right' } }));
    const { summary } = await run(tagged, {});
    expect(summary.databases?.databases.map(({ database }) => database)).toEqual(['left', 'right']);
    const { job } = await jobOf(tagged, {});
    const single = { ...job, networks: undefined, network: 'net.json', recipe: 'recipe.json' };
    const plan = await planJob({ job: checkJob(single), base: inFolder() }, { open });
    expect(plan.compared?.networks.map(({ name }) => name)).toEqual(['net']);
    closePlan(plan);
  });

  it('make two networks four cells: the interaction is that of the planted change', async () => {
    plant({ a: { weights: [1, -1], bias: [0, 0.3] }, b: { weights: [-1, 1], bias: [0.6, -0.2] } });
    const made = await patients(10, ramp);
    const inputs = [await list('one', made.slice(0, 5)), await list('two', made.slice(5))];
    const { summary } = await run(inputs, { reference: 'a' });
    const [first] = summary.interactions;
    const [one_, two] = first?.databases ?? [];
    expect([one_?.database, two?.database]).toEqual(['one', 'two']);
    expect(first?.interaction).toBeCloseTo((one_?.difference ?? NaN) - (two?.difference ?? NaN), 12);
    expect(first?.holm).toBeGreaterThanOrEqual(first?.p ?? NaN);
    expect(summary.databases?.tests.map(({ network }) => network)).toEqual(expect.arrayContaining(['a', 'b']));
  });

  it('are needed where there is one network alone', async () => {
    plant({ net: one });
    const made = await patients(2, ramp);
    const { job } = await jobOf([await list('only', made)], {});
    const refused = await planJob({ job: checkJob(job), base: inFolder() }, { open }).catch(
      (thrown: unknown) => (thrown as IsolensError).problem.code,
    );
    expect(refused).toBe('compare/one-network');
  });
});
