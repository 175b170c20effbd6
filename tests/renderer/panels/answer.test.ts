// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { formatShare } from '../../../renderer/controls/numbers';
import { i18n, setLanguage } from '../../../renderer/locales/i18n';
import { answerOf, type Situation } from '../../../renderer/panels/shell/answer';
import type { JobRun } from '../../../renderer/stores/jobs';
import type { OpenResult } from '../../../renderer/stores/results';
import type { Language } from '../../../shared/words';
import { opened } from '../plausible';

const subject = {
  analysis: 'occlusion',
  networkSha: 'sha-a',
  networkName: 'a',
  study: 's1',
  studyName: 's1',
  studies: ['s1'],
  choices: {},
  parameters: {},
};
const result = (some: Parameters<typeof opened>[1] = {}): OpenResult => {
  const { results, volumes } = opened('occlusion', some);
  const analysis = results.analyses[0];
  if (!analysis) throw new Error('made without an analysis');
  return {
    folder: '/out',
    subject,
    results,
    analysis,
    input: analysis.inputs[0] ?? null,
    volumes,
    cancelled: analysis.partial === true,
  };
};
const run = (some: Partial<JobRun>): JobRun => ({
  id: 'j', subject, startedAt: 0, state: 'running', progress: null, partial: {}, folder: null, problem: null, ...some,
}); // prettier-ignore

const ready: Situation = {
  mode: 'occlusion', engine: 'ready', engineReason: null, hasStudy: true, hasNetwork: true, hasOthers: true, hasRecipe: true,
  recipeProblem: null, needsFolder: null, run: null, result: null, outOfDate: false,
}; // prettier-ignore

const answer = (some: Partial<Situation>, language: Language = 'en') => {
  setLanguage(language);
  return answerOf(
    { ...ready, ...some },
    { language, t: (key, facts = {}) => i18n.global.t(key, facts as Record<string, unknown>) },
  );
};

describe('the answer strip', () => {
  it('asks for what is missing, one thing at a time, with the way to it', () => {
    expect(answer({ hasStudy: false, hasNetwork: false, hasRecipe: false }).action).toBe('openStudy');
    expect(answer({ hasNetwork: false, hasRecipe: false }).action).toBe('openNetwork');
    expect(answer({ hasRecipe: false })).toMatchObject({ action: 'buildRecipe', badge: 'watch' });
    const wrong = { code: 'recipe/not-json', facts: { reason: 'here' }, where: {} } as const;
    expect(answer({ hasRecipe: false, recipeProblem: wrong })).toMatchObject({
      action: 'buildRecipe',
      badge: 'problem',
    });
    expect(answer({})).toMatchObject({ action: 'run', badge: 'none', confidence: null });
  });
  it('asks once where results go, says why, and proposes a folder', () => {
    const asking = answer({ needsFolder: { proposed: '/home/user/Documents/Isolens' } });
    expect(asking).toMatchObject({ action: 'useProposedFolder', otherAction: 'chooseFolder' });
    expect(asking.detail).toContain('/home/user/Documents/Isolens');
    expect(answer({ needsFolder: { proposed: null } })).toMatchObject({ action: 'chooseFolder' });
    expect(answer({ needsFolder: { proposed: '/r' }, result: result() }).action).not.toBe('useProposedFolder');
  });
  it('asks for a second network where there is nothing to compare, and shows what was compared before', () => {
    expect(answer({ mode: 'compare', hasOthers: false })).toMatchObject({ action: 'openNetwork', badge: 'none' });
    expect(answer({ mode: 'compare', hasOthers: false }).sentence).toContain('nothing to compare');
    expect(answer({ mode: 'compare', hasOthers: false, result: result() }).sentence).not.toContain(
      'nothing to compare',
    );
  });
  it('gives the verdict’s sentence, counted confidence and doubts, in both languages', () => {
    expect(answer({ result: result() })).toMatchObject({
      badge: 'watch',
      sentence: 'It looks at the surroundings.',
      confidence: { dots: 2, word: 'moderate' },
      doubts: ['one patient'],
      stale: false,
      action: null,
    });
    expect(answer({ result: result() }, 'fr')).toMatchObject({
      sentence: "Il regarde l'entourage.",
      confidence: { dots: 2, word: 'moyenne' },
      doubts: ['un seul patient'],
    });
  });
  it('greys a result of other parameters and offers to run again', () => {
    expect(answer({ result: result(), outOfDate: true })).toMatchObject({ stale: true, action: 'run' });
  });
  it('tells done, total and time left while it runs, and never shows an old verdict then', () => {
    const progress = { stage: 'occlusion', done: 1412, total: 2744, secondsLeft: 190 };
    const said = answer({ run: run({ progress }), result: result() });
    expect(said.badge).toBe('running');
    expect(said.sentence).toContain(formatShare(1412 / 2744, 'en'));
    expect(said.detail).toContain('1\u202f412 of 2\u202f744');
    expect(said.detail).toContain('3\u202fmin 10\u202fs left');
    expect(said.confidence).toBeNull();
  });
  it('says of a stopped run where it stopped, first among the doubts', () => {
    const stopped = run({ state: 'cancelled', progress: { stage: 'x', done: 51, total: 100, secondsLeft: null } });
    const said = answer({ run: stopped, result: result({ partial: true }) });
    expect(said.confidence?.tag).toBe('stopped at 51\u202f%');
    expect(said.doubts[0]).toContain('stopped early');
  });
  it('says a failed or lost run in plain words, with the way on', () => {
    const lost = answer({ run: run({ state: 'lost', problem: { code: 'engine/lost', facts: {}, where: {} } }) });
    expect(lost).toMatchObject({ badge: 'problem', action: 'run' });
    expect(lost.detail).toContain('run the analysis again');
  });
  it('speaks before there is an engine, and when it was lost or is refused', () => {
    expect(answer({ engine: 'starting' }).badge).toBe('running');
    expect(answer({ engine: 'lost' }).sentence).toContain('started again');
    expect(answer({ engine: 'refused', engineReason: 'three deaths' })).toMatchObject({
      badge: 'problem',
      detail: 'three deaths',
    });
  });
  it('tells what was computed where no sentence is drawn', () => {
    expect(answer({ result: result({ verdict: null }) })).toMatchObject({ badge: 'none', confidence: null });
  });
});
