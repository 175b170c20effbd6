// @vitest-environment happy-dom
import { flushPromises, mount, type DOMWrapper, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Component } from 'vue';
import { i18n, setLanguage } from '../../../renderer/locales/i18n';
import StudyTree from '../../../renderer/panels/study/StudyTree.vue';
import { useStudies } from '../../../renderer/stores/studies';
import type { ObjectSummary } from '../../../shared/study';
import { studyDetail, studySummary } from '../plausible';
import { standInOutside, type StandIn } from '../standInOutside';

const object = (id: string, kind: ObjectSummary['kind'], some: Partial<ObjectSummary> = {}): ObjectSummary => ({
  id,
  kind,
  modality: kind === 'dose' ? 'RTDOSE' : 'RTSTRUCT',
  label: id,
  detail: id,
  usable: true,
  notes: [],
  ...some,
});
const differs = { code: 'study/frame-differs', facts: { object: 'foreign' }, where: {} };
const objects = [
  object('set one', 'structures'),
  object('set two', 'structures'),
  object('dose', 'dose'),
  object('foreign', 'structures', { usable: false, notes: [differs] }),
];

let outside: StandIn;
let tree: VueWrapper;
const asked = (): unknown[] =>
  outside.asked
    .filter(({ name }) => name === 'engine/openStudy')
    .map((one) => (one.asked as { choices: unknown }).choices);
const row = (text: string): DOMWrapper<Element> | undefined =>
  tree.findAll('[role="treeitem"]').find((each) => each.text().includes(text));

beforeEach(async () => {
  setLanguage('en');
  const pinia = createPinia();
  setActivePinia(pinia);
  outside = standInOutside({
    'engine/openFolder': () => ({ studies: [studySummary('s1', { objects })], notDicom: 0, notes: [] }),
    'engine/openStudy': ({ study, choices }) =>
      studyDetail(study, { objects, structureSetId: choices?.structureSet ?? 'set one', doseId: 'dose' }),
  });
  const global = { plugins: [pinia, i18n] };
  tree = mount(StudyTree as Component, { props: { filter: '' }, global, attachTo: document.body }) as VueWrapper;
  const studies = useStudies();
  await studies.openFolder('/studies');
  await studies.open('s1');
  await flushPromises();
});
afterEach(() => {
  tree.unmount();
});

describe('the study tree', () => {
  it('marks the active one of several structure sets, and makes the one that is clicked active', async () => {
    expect(row('set one')?.attributes('aria-selected')).toBe('true');
    expect(row('set two')?.text()).toContain('○');
    expect(row('dose')?.text()).not.toMatch(/[●○]/);
    await row('set two')?.trigger('click');
    await flushPromises();
    expect(asked()).toEqual([{}, { structureSet: 'set two' }]);
    expect(row('set two')?.attributes('aria-selected')).toBe('true');
    await row('set two')?.trigger('click');
    expect(asked()).toHaveLength(2);
  });

  it('lays an object of another frame of reference over the images only after the word was typed', async () => {
    await row('foreign')?.get('button').trigger('click');
    const form = tree.get('[role="dialog"]');
    await form.get('input').setValue('yes');
    await form.trigger('submit');
    await flushPromises();
    expect(asked()).toEqual([{}]);
    expect(form.get('button[type="submit"]').attributes('disabled')).toBeDefined();
    await form.get('input').setValue(' Unrelated ');
    await form.trigger('submit');
    await flushPromises();
    expect(asked()).toEqual([{}, { framesAccepted: ['foreign'] }]);
    expect(tree.find('[role="dialog"]').exists()).toBe(false);
  });
});
