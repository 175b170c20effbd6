// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOf, jobOf, subjectOf } from '../../../renderer/panels/start/runs';
import type { Recipe } from '../../../shared/recipe';
import { standardOcclusion, standardTarget, structureInQuestion } from '../../../renderer/panels/start/standardTarget';
import { useEngineState } from '../../../renderer/stores/engineState';
import { useJobs, type JobRun } from '../../../renderer/stores/jobs';
import { useNetworks } from '../../../renderer/stores/networks';
import { useParameters } from '../../../renderer/stores/parameters';
import { usePreferences } from '../../../renderer/stores/preferences';
import { useProblems } from '../../../renderer/stores/problems';
import { sameParameters, useResults } from '../../../renderer/stores/results';
import { useStudies } from '../../../renderer/stores/studies';
import { blob, networkSummary, opened, studyDetail, studySummary } from '../plausible';
import { standInOutside, type StandIn } from '../standInOutside';

let outside: StandIn;
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

beforeEach(() => {
  setActivePinia(createPinia());
  outside = standInOutside({
    'engine/openFolder': () => ({ studies: [studySummary('s1'), studySummary('s2')], notDicom: 0, notes: [] }),
    'engine/openStudy': ({ study }) => studyDetail(study),
    'engine/openNetwork': ({ path }) => networkSummary(path.split('/').at(-1)?.replace('.keras', '') ?? ''),
    'engine/startJob': () => ({ jobId: 'j1' }),
    'engine/cancelJob': () => ({}),
    'engine/openResults': () => opened('occlusion'),
  });
});

describe('studies', () => {
  it('lists what a folder holds once, however often it is opened', async () => {
    const studies = useStudies();
    await studies.openFolder('/studies');
    await studies.openFolder('/studies');
    expect(studies.summaries.map(({ id }) => id)).toEqual(['s1', 's2']);
    expect(studies.folders).toEqual(['/studies']);
  });
  it('keeps the open study on the screen where the next cannot be opened', async () => {
    const studies = useStudies();
    await studies.openFolder('/studies');
    await studies.open('s1');
    outside.answer({ 'engine/openStudy': () => ({ code: 'engine/lost', facts: {}, where: {} }) });
    await expect(studies.open('s2')).rejects.toMatchObject({ problem: { code: 'engine/lost' } });
    expect([studies.currentId, studies.detail?.id]).toEqual(['s1', 's1']);
  });
  it('shows the study asked for last, whichever comes first', async () => {
    const studies = useStudies();
    await studies.openFolder('/studies');
    let late: () => void = () => undefined;
    const wait = new Promise<void>((done) => (late = done));
    outside.answer({
      'engine/openStudy': async ({ study }) => (study === 's1' ? (await wait, studyDetail('s1')) : studyDetail(study)),
    });
    const first = studies.open('s1');
    await studies.open('s2');
    late();
    await first;
    expect(studies.detail?.id).toBe('s2');
  });
  it('opens again by path after the engine was lost', async () => {
    const studies = useStudies();
    await studies.openFolder('/studies');
    await studies.open('s2');
    outside.asked.length = 0;
    await studies.reopen();
    expect(outside.asked.map(({ name }) => name)).toEqual(['engine/openFolder', 'engine/openStudy']);
    expect(studies.detail?.id).toBe('s2');
  });
});

describe('networks', () => {
  it('keeps the layer by name when another network is chosen', async () => {
    const networks = useNetworks();
    await networks.open('/networks/a.keras');
    networks.chooseNode('pool');
    networks.choose(await networks.open('/networks/b.keras'));
    expect([networks.current?.name, networks.node]).toEqual(['b', 'pool']);
  });
  it('sets a recipe that was not saved again after the engine was lost', async () => {
    const networks = useNetworks();
    outside.answer({
      'engine/openNetwork': () => networkSummary('a', { recipe: null, recipePath: null }),
      'engine/setRecipe': () => networkSummary('a', { recipePath: null }),
    });
    await networks.open('/networks/a.keras');
    const { recipe } = networkSummary('a');
    if (!recipe) throw new Error('made without a recipe');
    await networks.setRecipe(recipe, false);
    outside.asked.length = 0;
    await networks.reopen();
    expect(outside.asked.map(({ name }) => name)).toEqual(['engine/openNetwork', 'engine/setRecipe']);
    expect(networks.current?.recipe).not.toBeNull();
  });
});

describe('jobs', () => {
  const job = { schema: 'isolens/job@1' as const, inputs: [], analyses: [{ id: 'occlusion' }] };

  it('follows a run from its start to its end, and tells who listens', async () => {
    const jobs = useJobs();
    const ends: JobRun[] = [];
    jobs.follow((run) => ends.push(run));
    await jobs.start(subject, job, '/out');
    outside.tell('engine/jobEvents', { kind: 'queued', jobId: 'j1' });
    outside.tell('engine/jobEvents', {
      kind: 'progress',
      jobId: 'j1',
      progress: { stage: 'x', done: 5, total: 10, secondsLeft: 3 },
    });
    outside.tell('engine/jobEvents', {
      kind: 'partial',
      jobId: 'j1',
      analysis: 'occlusion',
      input: 's1',
      volumes: { map: blob('m1') },
    });
    expect(jobs.runs[0]).toMatchObject({ state: 'running', progress: { done: 5 }, partial: { map: { id: 'm1' } } });
    outside.tell('engine/jobEvents', { kind: 'done', jobId: 'j1', folder: '/out' });
    expect(jobs.runs[0]?.state).toBe('done');
    expect(ends.map(({ folder }) => folder)).toEqual(['/out']);
    expect(jobs.running).toEqual([]);
  });
  it('loses no event that comes before the answer to the start', async () => {
    const jobs = useJobs();
    jobs.follow(() => undefined);
    outside.answer({
      'engine/startJob': () => {
        outside.tell('engine/jobEvents', { kind: 'done', jobId: 'quick', folder: '/out' });
        return { jobId: 'quick' };
      },
    });
    await jobs.start(subject, job, '/out');
    expect(jobs.runs.find(({ id }) => id === 'quick')?.state).toBe('done');
  });
  it('allows a run the memory that the user set, and leaves it to the engine otherwise', async () => {
    const jobs = useJobs();
    const given: (number | undefined)[] = [];
    outside.answer({
      'engine/startJob': ({ memoryGib }) => {
        given.push(memoryGib);
        return { jobId: `j${given.length}` };
      },
      'desktop/preferences': () => ({}),
    });
    await jobs.start(subject, job, '/out');
    await usePreferences().change({ memoryGib: 2 });
    await jobs.start(subject, job, '/out');
    await usePreferences().change({ memoryGib: undefined });
    await jobs.start(subject, job, '/out');
    expect(given).toEqual([undefined, 2, undefined]);
  });
  it('asks to cancel once, and says that it is stopping until the engine has', async () => {
    const jobs = useJobs();
    jobs.follow(() => undefined);
    await jobs.start(subject, job, '/out');
    await jobs.cancel('j1');
    expect(jobs.runs[0]?.state).toBe('cancelling');
    outside.tell('engine/jobEvents', {
      kind: 'progress',
      jobId: 'j1',
      progress: { stage: 'x', done: 6, total: 10, secondsLeft: 3 },
    });
    expect(jobs.runs[0]?.state).toBe('cancelling');
    outside.tell('engine/jobEvents', { kind: 'cancelled', jobId: 'j1', folder: '/out' });
    expect(jobs.runs[0]?.state).toBe('cancelled');
    await jobs.cancel('j1');
    expect(outside.asked.filter(({ name }) => name === 'engine/cancelJob')).toHaveLength(1);
  });
  it('keeps of a lost run where its parts were saved', async () => {
    const jobs = useJobs();
    jobs.follow(() => undefined);
    await jobs.start(subject, job, '/out');
    outside.tell('engine/jobEvents', {
      kind: 'lost',
      jobId: 'j1',
      problem: { code: 'engine/lost', facts: {}, where: {} },
      folder: '/out',
    });
    expect(jobs.runs[0]).toMatchObject({ state: 'lost', folder: '/out', problem: { code: 'engine/lost' } });
  });
});

describe('results', () => {
  it('belong to one network, study and set of parameters', async () => {
    const results = useResults();
    await results.openFolder('/out', subject);
    expect(results.latest('occlusion', 'sha-a', 's1')?.folder).toBe('/out');
    expect(results.latest('occlusion', 'sha-b', 's1')).toBeNull();
    expect(results.latest('occlusion', 'sha-a', 's2')).toBeNull();
    expect(results.latest('maps', 'sha-a', 's1')).toBeNull();
    expect(results.latest('occlusion', 'sha-a', null)).toBeNull();
  });
  it('of several studies are shown with each of them', async () => {
    const results = useResults();
    await results.openFolder('/out', { ...subject, studies: ['s1', 's2'] });
    expect(results.latest('occlusion', 'sha-a', 's2')?.folder).toBe('/out');
    expect(results.latest('occlusion', 'sha-a', 's3')).toBeNull();
  });
  it('are out of date by what was chosen, not by the order in which it was said', () => {
    expect(sameParameters({ a: 1, b: { c: [1, 2], d: 2 } }, { b: { d: 2, c: [1, 2] }, a: 1 })).toBe(true);
    expect(sameParameters({ a: 1 }, { a: 1, b: undefined })).toBe(true);
    expect(sameParameters({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  });
});

describe('parameters', () => {
  it('hold only what was said: an undefined one is the default again', () => {
    const parameters = useParameters();
    parameters.set('occlusion', 'windowMm', 12);
    parameters.set('occlusion', 'seed', 4);
    parameters.set('occlusion', 'windowMm', undefined);
    expect(parameters.of('occlusion')).toEqual({ seed: 4 });
  });
});

describe('a run', () => {
  const network = networkSummary('a');
  const study = studySummary('s1');

  it('names the image series only where a folder holds several studies', () => {
    expect(jobOf('maps', network, [study], [study, studySummary('s2')], {}, {}).inputs).toEqual([
      { study: '/studies/s1' },
    ]);
    const beside = studySummary('s2', { path: '/studies/s1' });
    expect(jobOf('maps', network, [study], [study, beside], {}, {}).inputs).toEqual([
      { study: '/studies/s1', series: 's1-ct' },
    ]);
  });
  it('over many patients is one job, and one folder whatever their order', () => {
    const [other, third] = [studySummary('s2'), studySummary('s3')];
    expect(jobOf('maps', network, [study, other], [study, other, third], {}, {}).inputs).toEqual([
      { study: '/studies/s1' },
      { study: '/studies/s2' },
    ]);
    const at = (...asked: [typeof study, ...(typeof study)[]]) =>
      folderOf('/out', subjectOf('maps', network, asked, {}, {}));
    expect(at(study, other)).toBe(at(other, study));
    expect(at(study, other)).not.toBe(at(study, third));
    expect(subjectOf('maps', network, [study, other], {}, {})).toMatchObject({ study: 's1', studies: ['s1', 's2'] });
  });
  it('goes into the same folder for the same question, and into another for another', () => {
    const at = (parameters: Record<string, unknown>) =>
      folderOf('/out/', subjectOf('occlusion', network, [study], parameters, {}));
    expect(at({ a: 1, b: 2 })).toBe(at({ b: 2, a: 1 }));
    expect(at({ a: 1 })).not.toBe(at({ a: 2 }));
    expect(at({}).split('/')).toHaveLength(5);
  });
  it('says what was chosen of its studies, and of those only, and keeps its results apart', () => {
    const choices = { s1: { dose: '1.2' }, s9: { dose: '3.4' } };
    expect(jobOf('maps', network, [study], [study], {}, choices).inputs).toEqual([
      { study: '/studies/s1', choices: { dose: '1.2' } },
    ]);
    const subject = subjectOf('maps', network, [study], {}, choices);
    expect(subject.choices).toEqual({ s1: { dose: '1.2' } });
    expect(folderOf('/out', subject)).not.toBe(folderOf('/out', { ...subject, choices: {} }));
  });
  it('of a comparison names every network once, in the order of their names, and hands over what each tab asks', () => {
    const others = [
      { ...network, id: 'sha-3', name: 'epoch-10', path: '/networks/10', recipePath: null },
      { ...network, id: 'sha-2', name: 'epoch-2', path: '/networks/2', recipePath: null },
      { ...network, id: 'sha-4', name: 'epoch-2', path: '/networks/again', recipePath: null },
    ];
    const own = { ...network, name: 'epoch-1' };
    const analyses = [{ id: 'occlusion', parameters: { fill: 'mean' } }];
    const job = jobOf('compare', own, [study], [study], {}, {}, { others, analyses });
    expect(job.network).toBeUndefined();
    expect(Object.keys(job.networks ?? {})).toEqual(['epoch-1', 'epoch-2', 'epoch-2 2', 'epoch-10']);
    expect(job.networks?.['epoch-2']).toEqual({ network: '/networks/2' });
    expect(job.analyses).toEqual([{ id: 'compare', parameters: { reference: 'epoch-1', analyses } }]);
    const at = (some: typeof others) =>
      folderOf('/out', subjectOf('compare', own, [study], {}, {}, { others: some, analyses }));
    expect(at(others)).toBe(at([...others].reverse()));
    expect(at(others)).not.toBe(at(others.slice(1)));
  });
  it('of a comparison follows the order that the user gave, names runs of one recipe and two databases', () => {
    const others = [
      { ...network, id: 'sha-3', name: 'epoch-10', path: '/networks/10', recipePath: null },
      { ...network, id: 'sha-2', name: 'final', path: '/networks/final', recipePath: null },
    ];
    const own = { ...network, id: 'sha-1', name: 'epoch-9' };
    const second = { ...study, id: 's2', path: '/studies/s2', patient: { ...study.patient, id: 'other' } };
    const third = { ...study, id: 's3', path: '/studies/s3', patient: { ...study.patient, id: 'third' } };
    const arranged = {
      order: ['sha-2', 'sha-1'],
      groups: { 'sha-1': 'old', 'sha-3': 'new' },
      databases: [
        { name: 'site A', ids: ['s1', 's3'] },
        { name: 'site B', ids: ['s2', 's3'] },
      ],
    };
    const all = [study, second, third];
    const plain = { others, analyses: [] };
    const job = jobOf('compare', own, all, all, { sweeps: 11 }, {}, { ...plain, ...arranged });
    expect(job.analyses[0]?.parameters).toEqual({ reference: 'epoch-9', analyses: [], sweeps: 11 });
    expect(Object.keys(job.networks ?? {})).toEqual(['final', 'epoch-9', 'epoch-10']);
    expect(job.networks?.['epoch-9']).toMatchObject({ group: 'old' });
    expect(job.networks?.['final']).not.toHaveProperty('group');
    // Whom both name is of neither.
    expect(job.inputs.map(({ tags }) => tags?.['database'])).toEqual(['site A', 'site B', undefined]);
    expect(Object.keys(jobOf('compare', own, all, all, {}, {}, plain).networks ?? {})).toEqual([
      'epoch-9',
      'epoch-10',
      'final',
    ]);
    const at = (some: object) => folderOf('/out', subjectOf('compare', own, all, {}, {}, { ...plain, ...some }));
    expect(at(arranged)).not.toBe(at({}));
    expect(at({ order: [], groups: {}, databases: [] })).toBe(at({}));
    const alone = jobOf('compare', own, all, all, {}, {}, { others: [], analyses: [], databases: arranged.databases });
    expect(Object.keys(alone.networks ?? {})).toEqual(['epoch-9']);
  });
  it('proposes a target that the study can be asked about', () => {
    const { recipe } = network;
    expect(recipe && standardTarget(recipe, ['SpinalCord'])).toEqual({
      label: 'SpinalCord',
      region: 'SpinalCord',
    });
    const channels: Recipe['channels'] = [
      { image: 'CT' },
      { structure: 'LeftParotid', aliases: ['Parotid_L'], mask: 'centre' },
    ];
    const dose = { kind: 'regression', quantity: 'dose', unitGy: 1 } as const;
    expect(standardTarget({ output: dose, channels }, ['PTV70', 'Brain', 'Parotid_L'])).toEqual({
      doseIn: 'Parotid_L',
    });
    expect(standardTarget({ output: dose, channels: [] }, ['PTV70', 'Brain'])).toEqual({ doseIn: 'Brain' });
    const labels = ['a', 'b'];
    expect(
      standardTarget(
        { output: { kind: 'classification', labels, unit: 'patient', activation: 'softmax' }, channels },
        [],
      ),
    ).toBeNull();
  });
  it('asks a segmenter inside the structure that matches, under the name that the study gives it', () => {
    const labels = ['background', 'Brainstem', 'Parotid_L'];
    const aliases = { Parotid_L: ['LeftParotid'] };
    const output = { kind: 'segmentation', labels, activation: 'softmax', aliases } as const;
    expect(standardTarget({ output: { ...output, labels }, channels: [] }, ['leftparotid'])).toEqual({
      label: 'Parotid_L',
      region: 'leftparotid',
    });
  });
  it('walks slices in steps of the window, volumes in steps of half of it', () => {
    const { recipe } = network;
    if (!recipe) throw new Error('the network of these tests has a recipe');
    expect(standardOcclusion({ ...recipe, dims: 2 }, ['SpinalCord'])['strideMm']).toBe(20);
    expect(standardOcclusion({ ...recipe, dims: 3 }, ['SpinalCord'])).not.toHaveProperty('strideMm');
  });
  it('is about the structure in which it asks', () => {
    expect(structureInQuestion({ label: 'a', region: 'Parotid_L' })).toBe('Parotid_L');
    expect(structureInQuestion({ doseIn: 'Brainstem' })).toBe('Brainstem');
    expect(structureInQuestion({ label: 'a', region: { start: [0], size: [1] } })).toBe('a');
    expect(structureInQuestion({ class: 1 })).toBeNull();
  });
  it('takes a proposal back for the next one, but never what the user chose', () => {
    const parameters = useParameters();
    parameters.propose('occlusion', { strideMm: 20, target: { label: 'a' } });
    parameters.set('occlusion', 'target', { label: 'b' });
    parameters.propose('occlusion', { target: { label: 'c' } });
    expect(parameters.of('occlusion')).toEqual({ target: { label: 'b' } });
  });
});

describe('what goes wrong', () => {
  it('is kept as a problem; stopping on request is none', async () => {
    const problems = useProblems();
    outside.answer({ 'engine/openStudy': () => ({ code: 'engine/cancelled', facts: {}, where: {} }) });
    await problems.guard(() => useStudies().open('s1'));
    expect(problems.current).toBeNull();
    outside.answer({ 'engine/openStudy': () => ({ code: 'engine/lost', facts: {}, where: {} }) });
    await problems.guard(() => useStudies().open('s1'));
    expect(problems.current?.code).toBe('engine/lost');
  });
  it('is also an answer that breaks the contract', async () => {
    const problems = useProblems();
    outside.answer({ 'engine/openStudy': () => ({ id: 's1' }) as never });
    await problems.guard(() => useStudies().open('s1'));
    expect(problems.current?.code).toBe('engine/unexpected');
  });
});

describe('the engine', () => {
  it('calls for reopening only after it was lost, and says so until all is open again', async () => {
    const engine = useEngineState();
    let reopened = 0;
    engine.follow(() => {
      reopened++;
      return Promise.resolve();
    });
    outside.tell('desktop/engine', { state: 'ready', reason: null });
    expect(reopened).toBe(0);
    outside.tell('desktop/engine', { state: 'lost', reason: 'SIGKILL' });
    expect([engine.state, engine.reopening]).toEqual(['lost', true]);
    outside.tell('desktop/engine', { state: 'ready', reason: null });
    expect([engine.state, engine.reopening, reopened]).toEqual(['ready', true, 1]);
    await Promise.resolve();
    await Promise.resolve();
    expect(engine.reopening).toBe(false);
  });
});
