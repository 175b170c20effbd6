import { describe, expect, it } from 'vitest';
import { searchVerdict } from '../../../../main/engine/analysis/search/verdict';
import type { SearchNeuron } from '../../../../shared/analysis/search';

const place = {
  input: 'a',
  patient: 'a',
  value: 2,
  position: [0],
  box: { start: [0], size: [1] },
  clipped: 0,
  boxMm: null,
  centreMm: null,
  structures: [],
  crop: null,
};

/** A neuron whose strongest places lie in Mandible in so many of so many patients of the list, at this p. */
const neuronWith = (inside: number, patients: number, p: number): SearchNeuron => ({
  node: 'conv',
  channel: 3,
  rankedBy: 'output',
  top: [place],
  constant: false,
  lying: patients === 0 ? [] : [{ name: 'Mandible', patients, inside, expected: 0.5, lift: inside / 0.5, p }],
  dissection: null,
  text: { en: '', fr: '' },
});

const told = (neuron: SearchNeuron, patients: number, extreme: 'most' | 'least' | 'bands' = 'most') =>
  searchVerdict([neuron], patients, extreme, false);

describe('what the strongest places share', () => {
  it('is neither claimed nor denied on fewer than ten patients', () => {
    for (const patients of [1, 4, 9])
      for (const neuron of [neuronWith(patients, patients, 1e-6), neuronWith(0, patients, 1)]) {
        const verdict = told(neuron, patients);
        expect([verdict.level, verdict.code, verdict.confidence]).toEqual(['cannot-say', 'few-patients', 'low']);
      }
    expect(told(neuronWith(0, 4, 1), 4).sentence).toEqual({
      en: 'We cannot tell what the strongest places share: 4 patients, and 10 are needed.',
      fr: 'On ne peut pas dire ce que partagent les lieux les plus forts : 4 patients, il en faut 10.',
    });
  });

  it('is told from ten patients on, though the list shows nine', () => {
    expect(told(neuronWith(9, 9, 1e-6), 10)).toMatchObject({ level: 'fine', code: 'in-structure' });
    expect(told(neuronWith(0, 9, 1), 10)).toMatchObject({ level: 'fine', code: 'no-common-structure' });
  });

  it('is not told where too few of the patients listed have one structure, or none has any', () => {
    expect(told(neuronWith(4, 4, 1e-6), 30)).toMatchObject({ level: 'cannot-say', code: 'few-structures' });
    expect(told(neuronWith(0, 0, 1), 30)).toMatchObject({ level: 'cannot-say', code: 'listed' });
  });

  it('is not tested of examples from bands', () => {
    expect(told(neuronWith(9, 9, 1e-6), 30, 'bands')).toMatchObject({ level: 'cannot-say', code: 'listed' });
  });
});
