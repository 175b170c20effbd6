// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import App from '../../renderer/App.vue';
import { i18n, setLanguage } from '../../renderer/locales/i18n';
import { useStudies } from '../../renderer/stores/studies';
import type { Gives } from '../../shared/contract/contract';
import type { Backend } from '../../shared/result';
import { blob, networkSummary, opened, studyDetail, studySummary } from './plausible';
import { standInOutside, type Answers, type StandIn } from './standInOutside';

// The panes draw on canvases that this document does not have; they have tests of their own.
vi.mock('../../renderer/viewer/Pane.vue', async () => {
  const { defineComponent, h } = await import('vue');
  return {
    default: defineComponent({
      props: { side: String, study: Object, overlay: Object, active: Boolean },
      setup: (props) => () =>
        h('section', {
          class: 'pane',
          'data-side': props.side,
          'data-overlay': (props.overlay as { kind?: string } | undefined)?.kind ?? '',
        }),
    }),
  };
});

const backend: Backend = { rung: 'native', versions: {}, threads: 2 };
const estimate = { passes: 21250, seconds: 190, bytes: 6.1e8, batch: 16, notes: [] };
const start = (open: string[] = [], patients = '/studies'): Gives<'desktop/start'> => ({
  version: '0.1.0',
  open,
  demo: { patients, networks: '/networks', results: '/results' },
  preferences: { language: 'en', scale: 1, hidePatientData: false, tourSeen: true, resultsFolder: null },
});
const gone = { code: 'engine/blob-gone' as const, facts: { id: 'x' }, where: {} };

const answers: Answers = {
  'desktop/start': () => start(),
  'desktop/preferences': () => ({}),
  'engine/status': () => ({ isolens: '0.1.0', backend }),
  'engine/makeDemo': () => ({ studies: ['/studies/s1'], networks: ['/networks/a.keras'] }),
  'engine/openFolder': () => ({ studies: [studySummary('s1')], notDicom: 0, notes: [] }),
  'engine/openStudy': ({ study }) => studyDetail(study),
  'engine/openNetwork': () => networkSummary('a'),
  'engine/estimateJob': () => ({ analyses: [estimate] }),
  'engine/startJob': ({ job }) => ({ jobId: `job-${job.analyses[0]?.id ?? ''}` }),
  'engine/cancelJob': () => ({}),
  'engine/openResults': () => gone,
  'engine/activation': () => ({ volume: blob('act'), layerTop: 3 }),
  'engine/gallery': () => ({
    channels: 8,
    rows: 2,
    columns: 2,
    values: new Float32Array(32),
    layerTop: 3,
    rowSpacingMm: 3,
    columnSpacingMm: 3,
  }),
};

let pinia: Pinia;
let outside: StandIn;
let app: VueWrapper | null = null;

async function open(more: Answers = {}): Promise<VueWrapper> {
  outside = standInOutside({ ...answers, ...more });
  app = mount(App, { global: { plugins: [pinia, i18n] }, attachTo: document.body });
  await flushPromises();
  return app;
}
const jobs = (analysis: string): unknown[] =>
  outside.asked.filter(
    ({ name, asked }) =>
      name === 'engine/startJob' && (asked as { job: { analyses: { id: string }[] } }).job.analyses[0]?.id === analysis,
  );
const press = (init: KeyboardEventInit): boolean =>
  window.dispatchEvent(new KeyboardEvent('keydown', { ...init, bubbles: true }));

beforeEach(() => {
  pinia = createPinia();
  setActivePinia(pinia);
  setLanguage('en');
});
afterEach(() => {
  app?.unmount();
  app = null;
});

describe('the window', () => {
  it('opens the demo, lands on Occlusion and predicts by itself', async () => {
    const shown = await open();
    expect(shown.get('[role="tab"][aria-selected="true"]').text()).toContain('Occlusion');
    expect(shown.findAll('.pane').map((pane) => pane.attributes('data-side'))).toEqual(['plan', 'network']);
    expect(shown.get('.answer').text()).toContain('does it look at the structure');
    expect(jobs('predict')).toHaveLength(1);
    expect(outside.asked.find(({ name }) => name === 'engine/startJob')?.asked).toMatchObject({
      job: { network: '/networks/a.keras', inputs: [{ study: '/studies/s1' }] },
      out: expect.stringMatching(/^\/results\/a-sha-a.*\/predict-/) as string,
    });
  });
  it('asks Filters of the network alone, and shows its kernels where the network’s views were', async () => {
    const values = Float32Array.from({ length: 18 }, (_, at) => at - 9);
    const array = { weight: 'kernel', kernelSize: [3, 3], inputs: 1, outputs: 2, allOutputs: 2, values, largest: 9 };
    const shown = await open({ 'engine/kernels': () => ({ arrays: [array] }) });
    press({ code: 'Digit2', key: '2' });
    await flushPromises();
    expect(shown.get('.answer').text()).toContain('still look like their random start?');
    expect(shown.findAll('.pane[data-side]').map((pane) => pane.attributes('data-side'))).toEqual(['network']);
    expect(shown.findAll('[role="option"]').map((tile) => tile.text())).toEqual(['00', '01']);
    await shown.get('.answer .button.main').trigger('click');
    await flushPromises();
    expect(outside.asked.filter(({ name }) => name === 'engine/startJob').at(-1)?.asked).toMatchObject({
      job: { inputs: [], analyses: [{ id: 'filters' }] },
      out: expect.stringMatching(/\/network-[0-9a-f]+\/filters-/) as string,
    });
  });

  it('shows a saved answer with its map where there is one', async () => {
    const shown = await open({
      'engine/openResults': ({ folder }) => (folder.includes('occlusion') ? opened('occlusion') : gone),
    });
    expect(shown.get('.answer').text()).toContain('It looks at the surroundings.');
    expect(shown.get('.pane[data-side="network"]').attributes('data-overlay')).toBe('support');
    expect(jobs('occlusion')).toHaveLength(0);
  });
  it('runs on Ctrl+Enter, shows progress and the map so far, and cancels on Escape', async () => {
    const shown = await open();
    press({ key: 'Enter', ctrlKey: true });
    await flushPromises();
    expect(jobs('occlusion')).toHaveLength(1);
    outside.tell('engine/jobEvents', {
      kind: 'progress',
      jobId: 'job-occlusion',
      progress: { stage: 'occlusion', done: 1, total: 4, secondsLeft: 60 },
    });
    outside.tell('engine/jobEvents', {
      kind: 'partial',
      jobId: 'job-occlusion',
      analysis: 'occlusion',
      input: 's1',
      volumes: { map: blob('m') },
    });
    await flushPromises();
    expect(shown.get('.answer').text()).toContain('25\u202f%');
    expect(shown.get('.evidence [role="progressbar"]').attributes('aria-valuetext')).toContain('1\u202fmin left');
    expect(shown.get('.pane[data-side="network"]').attributes('data-overlay')).toBe('support');
    press({ key: 'Escape' });
    await flushPromises();
    expect(outside.asked.some(({ name }) => name === 'engine/cancelJob')).toBe(true);
    expect(shown.get('.answer').text()).toContain('Stopping');
  });
  it('shows the cost before anything runs', async () => {
    vi.useFakeTimers();
    const shown = await open();
    await vi.advanceTimersByTimeAsync(300);
    await flushPromises();
    expect(shown.get('.evidence').text()).toContain('21\u202f250 passes · about 3\u202fmin 10\u202fs · 582\u202fMiB');
    vi.useRealTimers();
  });
  it('puts a problem into the strip with its way on, and goes on when it is dismissed', async () => {
    const shown = await open();
    const lost = { code: 'engine/lost' as const, facts: {}, where: {} };
    outside.answer({ 'engine/openFolder': () => lost, 'engine/openNetwork': () => lost });
    outside.tell('desktop/open', { paths: ['/elsewhere'] });
    await flushPromises();
    expect(shown.get('[role="alert"]').text()).toContain('What was saved is kept');
    expect(useStudies().detail?.id).toBe('s1');
    const dismiss = shown.findAll('[role="alert"] button').at(-1);
    await dismiss?.trigger('click');
    expect(shown.find('.answer [role="alert"]').exists()).toBe(false);
  });
  it('is never blank: without an engine it says so, and reopens all when it is back', async () => {
    const shown = await open();
    outside.tell('desktop/engine', { state: 'lost', reason: 'SIGKILL' });
    await flushPromises();
    expect(shown.get('.answer').text()).toContain('started again');
    expect(shown.findAll('.pane')).toHaveLength(2);
    outside.asked.length = 0;
    const run = () => shown.get('.evidence button.main');
    expect(run().attributes('disabled')).toBeDefined();
    outside.tell('desktop/engine', { state: 'ready', reason: null });
    await nextTick();
    expect(run().attributes('disabled')).toBeDefined();
    await flushPromises();
    expect(run().attributes('disabled')).toBeUndefined();
    expect(outside.asked.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['engine/openFolder', 'engine/openStudy', 'engine/openNetwork']),
    );
  });
  it('begins with six questions where nothing is open yet', async () => {
    const shown = await open({ 'engine/makeDemo': () => gone });
    expect(shown.findAll('.card')).toHaveLength(6);
    expect(shown.find('[role="alert"]').exists()).toBe(true);
  });
  it('opens what the command line named in place of the demo', async () => {
    await open({ 'desktop/start': () => start(['/mine', '/mine/net.keras'], '/demo') });
    expect(outside.asked.some(({ name }) => name === 'engine/makeDemo')).toBe(false);
    expect(outside.asked.filter(({ name }) => name === 'engine/openFolder').map(({ asked }) => asked)).toEqual([
      { path: '/mine' },
    ]);
    expect(outside.asked.find(({ name }) => name === 'engine/openNetwork')?.asked).toEqual({ path: '/mine/net.keras' });
    expect(jobs('predict')).toHaveLength(0);
  });
  it('changes the question by the place of the digit keys, and the language live', async () => {
    const shown = await open();
    press({ code: 'Digit1', key: '&' });
    await flushPromises();
    expect(shown.get('[role="tab"][aria-selected="true"]').text()).toContain('Maps');
    const french = shown.findAll('.title-bar .switch button').at(1);
    await french?.trigger('click');
    await flushPromises();
    expect(shown.get('[role="tab"][aria-selected="true"]').text()).toContain('Cartes');
    expect(document.documentElement.lang).toBe('fr');
    expect(outside.asked.some(({ name }) => name === 'desktop/preferences')).toBe(true);
  });
  it('asks what the input means where a network comes without a recipe', async () => {
    const shown = await open({
      'engine/openNetwork': () => networkSummary('a', { recipe: null, recipePath: null }),
      'engine/setRecipe': () => networkSummary('a'),
      'engine/previewInput': () => ({
        channels: [{ name: 'CT', volume: blob('in') }],
        shape: [3, 64, 64, 1],
        warnings: [],
      }),
    });
    expect(shown.get('.answer').text()).toContain('without a recipe');
    await shown.get('.answer .button.main').trigger('click');
    const boxes = shown.get('.recipe[role="dialog"]');
    await boxes.get('.button.main').trigger('click');
    await flushPromises();
    expect(outside.asked.find(({ name }) => name === 'engine/setRecipe')?.asked).toMatchObject({
      save: true,
      recipe: { dims: 2, grid: { size: [64, 64, null] }, output: { kind: 'segmentation' } },
    });
    expect(shown.get('.pane[data-side="network"]').attributes('data-overlay')).toBe('input');
  });
});
