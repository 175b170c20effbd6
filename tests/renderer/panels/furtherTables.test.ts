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
