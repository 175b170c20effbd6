import { describe, expect, it } from 'vitest';
import { structureStyle } from '../../../renderer/viewer/structureStyle';

const file = [10, 200, 30] as const;

describe('the line of a structure', () => {
  it.each([
    ['PTV70', '#ff7a5c', false],
    ['PTV_7000', '#ff7a5c', false],
    ['ptv 63', '#ffb347', true],
    ['PTV56', '#ffe08a', true],
    ['LeftParotid', '#7fd4ff', false],
    ['Parotid_L', '#7fd4ff', false],
    ['Parotid_R', '#4aa3ff', true],
    ['Parotide droite', '#4aa3ff', true],
    ['SpinalCord', '#ff9ee0', false],
    ['Moelle épinière', '#ff9ee0', false],
    ['Brainstem', '#d7a6ff', true],
    ['Mandible', '#c9b28f', false],
  ] as const)('of %s is ours', (name, colour, dashed) => {
    const style = structureStyle(name, file);
    expect(style.colour).toBe(colour);
    expect(style.dash.length > 0).toBe(dashed);
  });

  it('of any other name is the file’s own colour', () => {
    expect(structureStyle('Larynx', file).colour).toBe('rgb(10, 200, 30)');
    expect(structureStyle('SpinalCord_PRV05', file).colour).toBe('rgb(10, 200, 30)');
  });

  it('is lightened where it could not be seen on black', () => {
    expect(structureStyle('Lens', [0, 0, 40]).colour).toBe('rgb(108, 108, 131)');
  });
});
