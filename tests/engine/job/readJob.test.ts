import { describe, expect, it } from 'vitest';
import type { ProblemCode } from '../../../shared/problem/problem';
import { IsolensError } from '../../../shared/problem/problem';
import { checkJob, idsOf, knownAnalysis } from '../../../main/engine/job/readJob';

const job = {
  schema: 'isolens/job@1',
  network: 'unet.keras',
  inputs: [{ study: 'patients/HN-0001' }],
  analyses: [{ id: 'predict' }],
};

function problemIn(work: () => unknown): {
  code: ProblemCode;
  facts: Record<string, unknown>;
  key: string | undefined;
} {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof IsolensError) {
      const { code, facts, where } = thrown.problem;
      return { code, facts, key: where.key };
    }
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe('the words of a job', () => {
  it('may leave parameters out', () => {
    expect(checkJob(job).analyses).toEqual([{ id: 'predict', parameters: {} }]);
  });

  it('names the nearest known key for an unknown one', () => {
    const { code, facts, key } = problemIn(() => checkJob({ ...job, analysis: [] }));
    expect({ code, nearest: facts['nearest'], key }).toEqual({
      code: 'job/unknown-key',
      nearest: 'analyses',
      key: 'analysis',
    });
  });

  it('names an unknown key inside an input', () => {
    const { code, key } = problemIn(() => checkJob({ ...job, inputs: [{ study: 'x', pateint: 'y' }] }));
    expect({ code, key }).toEqual({ code: 'job/unknown-key', key: 'inputs[0].pateint' });
  });

  it('names the key whose value cannot be', () => {
    expect(problemIn(() => checkJob({ ...job, inputs: 'x.npy' }))).toMatchObject({
      code: 'job/invalid',
      key: 'inputs',
    });
  });

  it('refuses another schema', () => {
    expect(problemIn(() => checkJob({ ...job, schema: 'isolens/job@2' }))).toMatchObject({
      code: 'job/invalid',
      key: 'schema',
    });
  });

  it('names the nearest analysis for one that does not exist', () => {
    const analyses = [{ definition: { id: 'maps' } }, { definition: { id: 'occlusion' } }];
    const { code, facts } = problemIn(() => knownAnalysis(analyses, 'oclusion'));
    expect({ code, nearest: facts['nearest'] }).toEqual({ code: 'job/unknown-analysis', nearest: 'occlusion' });
  });
});

describe('the ids of inputs', () => {
  it('are the last part of the path, of arrays without its ending', () => {
    expect(
      idsOf([{ study: 'a/HN-0001/' }, { array: 'b/x.npy' }, { arrays: { ct: 'c/ct.nrrd', dose: 'c/d.nrrd' } }]),
    ).toEqual(['HN-0001', 'x', 'ct']);
  });

  it('keep a dot in the name of a study, which has no ending', () => {
    expect(idsOf([{ study: 'p/2024.03.01' }])).toEqual(['2024.03.01']);
  });

  it('are told apart when they repeat', () => {
    expect(idsOf([{ study: 'a/x' }, { study: 'b/x' }, { study: 'c/x', id: 'x' }])).toEqual(['x', 'x-2', 'x-3']);
  });

  it('lead nowhere but into their own folder', () => {
    const [up, deep] = idsOf([
      { array: 'x.npy', id: '../../etc' },
      { array: 'x.npy', id: 'a/b' },
    ]);
    expect(up).not.toMatch(/[/\\]|^\./);
    expect(deep).not.toMatch(/[/\\]/);
  });
});
