import { describe, expect, it } from 'vitest';
import { epochOf, inOrderOfTraining } from '../../shared/epoch';

describe('the order of checkpoints', () => {
  it.each([
    ['organs-unet-epoch-01', 1],
    ['phase2_epoch010', 10],
    ['ckpt_12000', 12000],
    ['step 5', 5],
    ['model_e7', 7],
    ['unet3d-64', null],
    ['final', null],
    ['dose1', null],
  ])('of %s is the moment %s', (name, moment) => {
    expect(epochOf(name)).toBe(moment);
  });

  it('goes by those numbers, not by letters; what names none comes last', () => {
    expect(inOrderOfTraining(['final', 'epoch-10', 'epoch-9', 'epoch-100'])).toEqual([
      'epoch-9',
      'epoch-10',
      'epoch-100',
      'final',
    ]);
    expect(inOrderOfTraining(['run 10', 'run 2'])).toEqual(['run 2', 'run 10']);
  });
});
