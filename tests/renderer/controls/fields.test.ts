// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { computed } from 'vue';
import { z } from 'zod';
import { maps } from '../../../shared/analysis/maps';
import { occlusion } from '../../../shared/analysis/occlusion';
import { field, type Field } from '../../../shared/analysis/definition';
import { fieldsOf } from '../../../renderer/controls/form/fields';
import { formSubjectKey } from '../../../renderer/controls/form/formSubject';
import ParameterForm from '../../../renderer/controls/form/ParameterForm.vue';

const says = (label: string, control: Field['control'], unit?: string): Record<string, unknown> =>
  field({ label: { en: label, fr: `${label} (fr)` }, help: { en: 'h', fr: 'h' }, control, ...(unit ? { unit } : {}) });

const made = {
  parameters: z
    .strictObject({
      side: z
        .union([z.number().positive(), z.tuple([z.number().positive(), z.number().positive(), z.number().positive()])])
        .default(20)
        .meta(says('Side', 'length', 'mm')),
      filling: z
        .union([z.enum(['mean', 'blur']), z.strictObject({ constant: z.number() })])
        .default('mean')
        .meta(says('Filling', 'choices')),
      share: z.number().min(0).max(1).optional().meta(says('Share', 'number')),
      target: z.strictObject({ label: z.string() }).optional().meta(says('About', 'target')),
      silent: z.number().default(3),
    })
    .refine(() => true),
};

describe('a form from a definition', () => {
  it('has a row for each parameter that speaks of itself, with its default and its choices', () => {
    const fields = fieldsOf(made);
    expect(fields.map(({ key, control, standard }) => [key, control, standard])).toEqual([
      ['side', 'length', 20],
      ['filling', 'choices', 'mean'],
      ['share', 'number', undefined],
      ['target', 'target', undefined],
    ]);
    expect(fields[1]).toMatchObject({ choices: ['mean', 'blur'], takesConstant: true });
  });
  it('reads the real definitions whole', () => {
    expect(fieldsOf(maps).map(({ key }) => key)).toEqual(Object.keys(maps.parameters.shape));
    expect(fieldsOf(occlusion).map(({ key }) => key)).toEqual(Object.keys(occlusion.parameters.shape));
  });

  const form = (values: Record<string, unknown> = {}) =>
    mount(ParameterForm, {
      props: { definition: made, values },
      global: {
        provide: {
          [formSubjectKey as symbol]: computed(() => ({
            nodes: ['conv1'],
            structures: ['Parotid_L'],
            output: {
              kind: 'segmentation' as const,
              labels: ['background', 'Parotid_L'],
              activation: 'softmax' as const,
            },
          })),
        },
      },
    });

  it('hands on one number for all axes, and three after they were split', async () => {
    const shown = form();
    await shown.get('#field-side').setValue('12');
    expect(shown.emitted('change')).toEqual([['side', 12]]);
    await shown.get('[aria-pressed]').trigger('click');
    expect(shown.findAll('input.third')).toHaveLength(3);
    expect(shown.emitted('change')?.at(-1)).toEqual(['side', [12, 12, 12]]);
  });
  it('goes back to the default as “not said”', async () => {
    const shown = form({ side: 12 });
    await shown.get('#field-side').setValue('20');
    expect(shown.emitted('change')).toEqual([['side', undefined]]);
  });
  it('keeps what does not fit out, and says so beside the field', async () => {
    const shown = form();
    await shown.get('#field-share').setValue('3');
    expect(shown.emitted('change')).toBeUndefined();
    expect(shown.get('[role="alert"]').text()).not.toBe('');
    await shown.get('#field-share').setValue('0.5');
    expect(shown.emitted('change')).toEqual([['share', 0.5]]);
    expect(shown.find('[role="alert"]').exists()).toBe(false);
  });
  it('offers the labels of the recipe as targets', async () => {
    const shown = form({ target: { label: 'background' } });
    const labels = shown.findAll('#field-target option').map((option) => option.text());
    expect(labels).toEqual(['background', 'Parotid_L']);
    await shown.get('#field-target').setValue('Parotid_L');
    expect(shown.emitted('change')?.at(-1)).toEqual(['target', { label: 'Parotid_L' }]);
  });
  it('adds a second filling and a constant to the first', async () => {
    const shown = form();
    const buttons = shown.findAll('#field-filling button');
    expect(buttons.map((button) => button.attributes('aria-pressed'))).toEqual(['true', 'false', 'false']);
    await buttons[2]?.trigger('click');
    // The made-up definition takes one filling only, so that two of them are refused and marked.
    expect(shown.find('[role="alert"]').exists()).toBe(true);
    await buttons[0]?.trigger('click');
    expect(shown.emitted('change')).toEqual([['filling', undefined]]);
  });
});
