// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import { i18n, setLanguage } from '../../../renderer/locales/i18n';
import QuestionTour from '../../../renderer/panels/start/QuestionTour.vue';
import { isNamed, tourStops, tourWords } from '../../../renderer/panels/start/questionTour';
import { useTourStops, type TourStops } from '../../../renderer/panels/start/useTourStops';
import { useDemo } from '../../../renderer/stores/demo';
import { useNetworks } from '../../../renderer/stores/networks';
import { usePreferences } from '../../../renderer/stores/preferences';
import { useStudies } from '../../../renderer/stores/studies';
import { useTour } from '../../../renderer/stores/tour';
import { useWorkbench } from '../../../renderer/stores/workbench';
import { languages, type Words } from '../../../shared/words';
import { networkSummary, studyDetail, studySummary } from '../plausible';
import { standInOutside, type StandIn } from '../standInOutside';

const shipped = [
  'organs-unet-final',
  'organs-unet-half-database',
  'organs-unet-lr-too-high',
  'organs-unet-start',
  'shortcut-classifier',
];
const patients = ['HN-0001', 'HN-0004'];
const gone = { code: 'engine/blob-gone' as const, facts: { id: 'x' }, where: {} };

let outside: StandIn;
let shown: VueWrapper;
let questions: TourStops;

const Host = defineComponent({
  setup() {
    questions = useTourStops();
    const tour = useTour();
    return () => (tour.stop === null ? h('p') : h(QuestionTour));
  },
});
const kept = (): (string | null | undefined)[] =>
  outside.asked
    .filter(({ name }) => name === 'desktop/preferences')
    .map(({ asked }) => (asked as { preferences: { tourStop?: string | null } }).preferences.tourStop);
const click = async (text: string): Promise<void> => {
  await shown
    .findAll('button')
    .find((button) => button.text().startsWith(text))
    ?.trigger('click');
  await flushPromises();
};

beforeEach(() => {
  setActivePinia(createPinia());
  setLanguage('en');
  outside = standInOutside({
    'desktop/preferences': () => ({}),
    'engine/makeDemo': () => ({
      studies: patients.map((id) => `/demo/patients/${id}`),
      networks: shipped.map((name) => `/demo/networks/${name}/model.json`),
    }),
    'engine/openFolder': () => ({
      studies: patients.map((id) => studySummary(id, { path: `/demo/patients/${id}` })),
      notDicom: 0,
      notes: [],
    }),
    'engine/openStudy': ({ study }) => studyDetail(study),
    'engine/openNetwork': ({ path }) =>
      networkSummary(path.split('/').at(-2) ?? '', { path, recipe: null, recipePath: null }),
    'engine/openResults': () => gone,
  });
  useDemo().places = { patients: '/demo/patients', networks: '/demo/networks', results: '/demo/results' };
  shown = mount(Host, { global: { plugins: [i18n] }, attachTo: document.body });
});
afterEach(() => {
  shown.unmount();
});

describe('the tour of the questions', () => {
  it('opens the demo, then at each stop the network and patient it speaks of, on the right tab', async () => {
    questions.begin();
    await flushPromises();
    const seen: string[][] = [];
    for (let n = 0; n < questions.stops.value.length; n++) {
      seen.push([
        useWorkbench().mode,
        useNetworks().current?.name ?? '',
        useStudies().current?.path.split('/').at(-1) ?? '',
      ]);
      expect(shown.get('[role="dialog"]').text()).toContain(
        `${String(n + 1)} of ${String(questions.stops.value.length)}`,
      );
      await shown.get('[role="dialog"]').trigger('keydown', { key: 'Enter' });
      await flushPromises();
    }
    expect(seen).toEqual(
      tourStops
        .filter(({ network }) => shipped.includes(network))
        .map(({ mode, network, patient }) => [mode, network, patient]),
    );
    expect(new Set(seen.map(([mode]) => mode))).toEqual(new Set(['maps', 'filters', 'search', 'occlusion', 'compare']));
    expect(shown.find('[role="dialog"]').exists()).toBe(false);
    expect(kept().at(-1)).toBeNull();
  });

  it('is left with Escape and goes on where it was left, which is kept', async () => {
    questions.begin();
    await flushPromises();
    await click('Next');
    await click('Next');
    const at = useTour().stop;
    await shown.get('[role="dialog"]').trigger('keydown', { key: 'Escape' });
    expect(shown.find('[role="dialog"]').exists()).toBe(false);
    expect(kept().at(-1)).toBe(at);
    expect(usePreferences().preferences.tourStop).toBe(at);
    questions.begin();
    await flushPromises();
    expect(useTour().stop).toBe(at);
    expect(at).toBe(questions.stops.value[2]?.key);
    await click('Before');
    expect(useTour().stop).toBe(questions.stops.value[1]?.key);
  });

  it('follows the language at once', async () => {
    questions.begin();
    await flushPromises();
    expect(shown.text()).toContain(tourStops[0]?.look.en);
    setLanguage('fr');
    await flushPromises();
    expect(shown.text()).toContain(tourStops[0]?.look.fr);
    expect(shown.text()).toContain('Suivant');
  });
});

describe('what the tour says', () => {
  it('is there in both languages, not the same, under keys of its own', () => {
    expect(new Set(tourStops.map(({ key }) => key)).size).toBe(tourStops.length);
    for (const { look, meaning } of tourStops)
      for (const text of [look, meaning]) {
        for (const language of languages) expect(text[language].trim().length).toBeGreaterThan(20);
        expect(text.fr).not.toBe(text.en);
      }
    expect(Object.values(tourWords).every((words: Words) => words.en !== '' && words.fr !== '')).toBe(true);
  });

  it('goes through all six questions, and knows the networks of the demo', () => {
    expect(new Set(tourStops.map(({ mode }) => mode)).size).toBe(6);
    const there = readdirSync(join(import.meta.dirname, '../../../resources/demo/networks'));
    for (const name of shipped) {
      expect(there).toContain(name);
      expect(tourStops.some(({ network }) => network === name)).toBe(true);
    }
  });

  it('knows a network by its folder or file, whole', () => {
    expect(isNamed('/demo/networks/organs-unet-final/model.json', 'organs-unet-final')).toBe(true);
    expect(isNamed('C:\\demo\\organs-unet-final.keras', 'organs-unet-final')).toBe(true);
    expect(isNamed('/demo/networks/organs-unet-final-2/model.json', 'organs-unet-final')).toBe(false);
  });
});
