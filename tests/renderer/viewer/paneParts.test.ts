// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StudyDetail } from '../../../shared/study';
import { i18n, setLanguage } from '../../../renderer/locales/i18n';
import { useView } from '../../../renderer/stores/view';
import Legend from '../../../renderer/viewer/Legend.vue';
import type { Overlay } from '../../../renderer/viewer/overlay';
import PaneHeader from '../../../renderer/viewer/PaneHeader.vue';
import { blobOf, upright } from './grids';

const grid = upright([4, 4, 4], [2, 2, 2]);
const dose = { ...blobOf(grid, 'float32', [0, 73.8]), unit: 'Gy' };
const study: StudyDetail = {
  id: 's',
  image: blobOf(grid, 'int16', [-1000, 2000]),
  gapsMm: [],
  modality: 'CT',
  structures: [],
  dose,
  doseType: 'PHYSICAL',
  structureSetId: null,
  doseId: null,
  framesAccepted: [],
  objects: [],
  prescriptionGy: 70,
  plan: null,
  notes: [],
};
const support: Overlay = {
  kind: 'support',
  volume: blobOf(grid, 'float32', [-0.1, 0.25]),
  name: { en: 'Support', fr: 'Appui' },
  unit: '1',
  range: [-0.1, 0.25],
};

let pinia: Pinia;
beforeEach(() => {
  pinia = createPinia();
  setActivePinia(pinia);
  useView().open({
    studyId: 's',
    centreMm: [0, 0, 0],
    modality: 'CT',
    range: [-1000, 2000],
    prescriptionGy: 70,
    hidden: [],
  });
});
afterEach(() => {
  setLanguage('en');
});

const global = (): { plugins: [Pinia, typeof i18n] } => ({ plugins: [pinia, i18n] });
const textOf = (side: 'plan' | 'network', of: StudyDetail, overlay: Overlay | null): string =>
  mount(Legend, { props: { side, study: of, overlay }, global: global() })
    .text()
    .replace(/\s+/g, ' ');

describe('the legend of a pane', () => {
  it('tells the dose’s unit, its ends, the lines, and what is hidden', () => {
    const text = textOf('plan', study, null);
    expect(text).toContain('Dose (Gy)');
    expect(text).toContain('020406074');
    expect(text).toContain('66.5');
    expect(text).toContain('hidden below 20');
  });

  it('names the sign before the colour, with the same end on both sides', () => {
    const text = textOf('network', study, support);
    expect(text).toContain('−0.250+0.25');
    expect(text).toContain('+ orange supports');
    expect(text).toContain('− blue opposes');
  });

  it('speaks French with a decimal comma', () => {
    setLanguage('fr');
    expect(textOf('network', study, support)).toContain('Appui−0,250+0,25+ orange soutient');
  });

  it('says that there is no dose instead of an empty bar', () => {
    expect(textOf('plan', { ...study, dose: null }, null)).toBe(
      'No RTDOSE in this study: dose wash and isodoses are off.',
    );
  });
});

describe('the head of a pane', () => {
  it('switches what is shown, and cannot switch what is not there', async () => {
    const view = useView();
    const head = mount(PaneHeader, { props: { side: 'plan', study, overlay: null }, global: global() });
    const chip = (text: string): ReturnType<typeof head.get> => {
      const found = head.findAll('button').find((button) => button.text() === text);
      if (!found) throw new Error(`no chip ${text}`);
      return found;
    };
    expect(chip('Contours').attributes('disabled')).toBeDefined();
    expect(chip('Dose wash').attributes('aria-pressed')).toBe('true');
    await chip('Dose wash').trigger('click');
    expect(view.shown.wash).toBe(false);
    expect(chip('Dose wash').attributes('aria-pressed')).toBe('false');
  });

  it('says that the panes are not linked', async () => {
    const head = mount(PaneHeader, { props: { side: 'network', study, overlay: support }, global: global() });
    expect(head.text()).not.toContain('not linked');
    await head.get('button[aria-label="Panes linked (L)"]').trigger('click');
    expect(head.text()).toContain('panes not linked');
  });
});
