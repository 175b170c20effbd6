// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { computed } from 'vue';
import { fieldsOf } from '../../../renderer/controls/form/fields';
import { formSubjectKey } from '../../../renderer/controls/form/formSubject';
import StructuresControl from '../../../renderer/controls/form/StructuresControl.vue';
import { useWords } from '../../../renderer/locales/useWords';
import { furtherTables } from '../../../renderer/panels/occlusion/furtherTables';
import { occlusion, type OcclusionValues } from '../../../shared/analysis/occlusion';

const player = { cc: 3, necessity: 0.25, sufficiency: 0.5, spread: 0 };
const play = {
  players: [
    { ...player, name: 'outside body', kind: 'outside' as const, shapley: -0.5, share: 0.2 },
    { ...player, name: 'Parotid_L', kind: 'structure' as const, shapley: 2, share: 0.8 },
  ],
  interactions: [{ a: 'outside body', b: 'Parotid_L', value: 0.125 }],
  effect: 1.5,
  usable: true,
  passes: 10,
  fills: [],
};
// Only what the tables read.
const values = { unit: 'cc', structurePlay: play } as unknown as OcclusionValues;

describe('the tables beside the map', () => {
  it('rank players by share, name what is no structure, and tell the strongest pair', () => {
    const [table, ...others] = furtherTables(values, useWords());
    expect(others).toEqual([]);
    expect(table?.rows).toEqual([
      ['Parotid_L', 2, 0.8, 0.25, 0.5],
      ['Outside the body', -0.5, 0.2, 0.25, 0.5],
    ]);
    expect(table?.note).toContain('Strongest pair: Outside the body and Parotid_L');
  });

  it('show no share of an effect that is too small', () => {
    const small = { ...values, structurePlay: { ...play, usable: false } } as OcclusionValues;
    const [table] = furtherTables(small, useWords());
    expect(table?.shown.map((row) => row.slice(3))).toEqual([
      ['–', '–'],
      ['–', '–'],
    ]);
  });

  it('are none where nothing more was asked for', () => {
    expect(furtherTables({ unit: 'cc' } as OcclusionValues, useWords())).toEqual([]);
  });
});

describe('the dependence matrix', () => {
  const entry = {
    own: false,
    cc: 3,
    ccDrop: 0,
    diceLoss: 0,
    hd95Mm: 0,
    distanceMm: 12,
    outOfReach: false,
    farChange: 0,
  };
  const matrix = {
    fill: 'blur',
    structures: [
      { name: 'Cord', cc: 2 },
      { name: 'Lens', cc: 1 },
    ],
    labels: ['Lens', 'Brain'],
    receptiveRadiusMm: 45,
    selfTest: { entries: 4, outOfReach: 1, largest: 0, floor: 1e-6, passed: true },
    passes: 4,
    entries: [
      { ...entry, hidden: 'Cord', label: 'Lens', ccDrop: 2, diceLoss: 0.5, hd95Mm: 6 },
      { ...entry, hidden: 'Cord', label: 'Brain', ccDrop: -1, distanceMm: 60, outOfReach: true },
      { ...entry, hidden: 'Lens', label: 'Lens', own: true, ccDrop: null, distanceMm: null },
      { ...entry, hidden: 'Lens', label: 'Brain' },
    ],
    fills: [],
  };
  const tableOf = (more: object, view?: string) =>
    furtherTables(
      { unit: 'cc', dependence: { ...matrix, ...more } } as unknown as OcclusionValues,
      useWords(),
      view,
    )[0];

  it('has what is hidden down and what is segmented across, coloured by size and sign', () => {
    const table = tableOf({});
    expect(table?.head.slice(1)).toEqual(['Lens', 'Brain']);
    expect(table?.rows).toEqual([
      ['Cord', 2, -1],
      ['Lens', null, 0],
    ]);
    expect(table?.tones).toEqual([
      [1, -0.5],
      [null, 0],
    ]);
    expect(table?.dotted).toEqual([
      [false, true],
      [false, false],
    ]);
    expect(table?.told?.[0]?.[1]).toBe('cm³ lost −1.0 · 1 − Dice 0.00 · HD95, mm 0.0 · distance, mm 60');
    expect(tableOf({}, 'distanceMm')?.shown[0]).toEqual(['Cord', '12', '60']);
    expect(tableOf({}, 'distanceMm')?.tones?.[0]).toEqual([null, null]);
    expect(table?.note).toContain('45');
  });

  it('shows Dice on its own scale', () => {
    expect(tableOf({}, 'diceLoss')?.tones?.[0]).toEqual([0.5, 0]);
    expect(tableOf({}, 'hd95Mm')?.rows[0]).toEqual(['Cord', 6, 0]);
  });

  it('says how the self-test went', () => {
    const kind = (selfTest: object) => tableOf({ selfTest: { ...matrix.selfTest, ...selfTest } })?.badge?.kind;
    expect([kind({}), kind({ passed: false, largest: 0.2 }), kind({ passed: null, largest: null })]).toEqual([
      'fine',
      'problem',
      'cannot-say',
    ]);
  });
});

describe('the check with random weights', () => {
  const check = {
    outcome: 'mirrors-the-image',
    positions: 80,
    of: 200,
    seeds: 5,
    silent: 1,
    likeness: 0.8,
    likenesses: [0.7, 0.9, null, 0.8, 0.8],
    between95: 0.6,
    limit: 0.65,
    cascade: [
      { node: 'head', layers: 1, likeness: 0.95, likenesses: [0.9, 1] },
      { node: 'first', layers: 9, likeness: 0.8, likenesses: [0.7, 0.9, null, 0.8, 0.8] },
    ],
    laws: [],
    passes: 100,
  };

  it('has a row a step, and never calls the network bad', () => {
    const [table] = furtherTables({ unit: 'cc', randomisation: check } as unknown as OcclusionValues, useWords());
    expect(table?.shown).toEqual([
      ['head', '1', '0.95', '0.90 – 1.00'],
      ['first', '9', '0.80', '0.70 – 0.90'],
      ['two random networks, 95 %', '', '0.60', ''],
    ]);
    expect(table?.badge).toEqual({ kind: 'watch', text: expect.stringContaining('mirrors the image') as string });
  });
});

describe('the structures of the form', () => {
  it('keep the order in which they were ticked', async () => {
    const field = fieldsOf(occlusion).find(({ key }) => key === 'structures');
    if (!field) throw new Error('no such field');
    const subject = computed(() => ({ nodes: [], structures: ['Brain', 'Cord', 'Lens'], output: null }));
    const control = mount(StructuresControl, {
      props: { id: 'f', field, value: ['Lens'] },
      global: { provide: { [formSubjectKey as symbol]: subject } },
    });
    const boxes = control.findAll('input');
    await boxes[0]?.trigger('change');
    await boxes[2]?.trigger('change');
    expect(control.emitted('change')).toEqual([[['Lens', 'Brain']], [[]]]);
  });
});
