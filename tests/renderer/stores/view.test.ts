import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useView, type Opening } from '../../../renderer/stores/view';

const opening: Opening = {
  studyId: 'a',
  centreMm: [10, 20, 30],
  modality: 'CT',
  range: [-1000, 2000],
  prescriptionGy: 70,
  hidden: ['BODY'],
};

beforeEach(() => {
  setActivePinia(createPinia());
});

describe('what the views share', () => {
  it('begins in the middle of the image, in soft tissue, with the outline hidden', () => {
    const view = useView();
    view.open(opening);
    expect(view.cameraOf('network')).toMatchObject({ pointMm: [10, 20, 30], level: 40, width: 400, fitted: true });
    expect([...view.hiddenStructures]).toEqual(['BODY']);
  });

  it('begins at the structure in question, told before or after, but not once the user has moved', () => {
    const view = useView();
    view.startAt('a', [4, 5, 6]);
    view.open(opening);
    expect(view.cameraOf('plan').pointMm).toEqual([4, 5, 6]);
    // The other pane opens the same study with its own copy.
    view.open({ ...opening, centreMm: [10, 20, 30] });
    view.startAt('a', [7, 8, 9]);
    expect(view.cameraOf('network').pointMm).toEqual([7, 8, 9]);
    view.centreOn([1, 2, 3]);
    view.startAt('a', [4, 5, 6]);
    expect(view.cameraOf('plan').pointMm).toEqual([1, 2, 3]);
  });

  it('hides the wash below 20 Gy, or below a quarter of a plan of few Gy', () => {
    const view = useView();
    view.open({ ...opening, doseTopGy: 74 });
    expect(view.thresholds.doseGy).toBe(20);
    view.open({ ...opening, studyId: 'b', doseTopGy: 15 });
    expect(view.thresholds.doseGy).toBe(4);
  });

  it('keeps its place when the same study is opened again, and not when another is', () => {
    const view = useView();
    view.open(opening);
    view.centreOn([1, 2, 3]);
    view.open({ ...opening });
    expect(view.cameraOf('plan').pointMm).toEqual([1, 2, 3]);
    view.open({ ...opening, studyId: 'b' });
    expect(view.cameraOf('plan').pointMm).toEqual([10, 20, 30]);
  });

  it('is one for linked panes and two for unlinked ones', () => {
    const view = useView();
    view.open(opening);
    view.centreOn([1, 2, 3], 'network');
    expect(view.cameraOf('plan').pointMm).toEqual([1, 2, 3]);
    view.setLinked(false);
    view.centreOn([4, 5, 6], 'network');
    expect(view.cameraOf('plan').pointMm).toEqual([1, 2, 3]);
    view.setLinked(true);
    expect(view.cameraOf('network').pointMm).toEqual([1, 2, 3]);
  });

  it('keeps the point under the pointer where it is while zooming', () => {
    const view = useView();
    view.open(opening);
    view.zoomBy(2, [20, 20, 30]);
    const { zoom, centreMm, fitted } = view.cameraOf('plan');
    // The point was 10 mm from the middle at zoom 1; at zoom 2 it is 5 mm from it, at the same place of the screen.
    expect({ zoom, centreMm, fitted }).toEqual({ zoom: 2, centreMm: [15, 20, 30], fitted: false });
  });

  it('follows the body until the user zooms or pans, and again after a reset', () => {
    const view = useView();
    view.open(opening);
    view.fit(1.9, [0, 0, 0], 'plan');
    expect(view.cameraOf('plan').zoom).toBe(1.9);
    view.panBy([0, 0, 5]);
    view.fit(3, [0, 0, 0], 'plan');
    expect(view.cameraOf('plan')).toMatchObject({ zoom: 1.9, centreMm: [0, 0, 5] });
    view.setGrey(0, 80);
    view.reset();
    expect(view.cameraOf('plan')).toMatchObject({ fitted: true, zoom: 1, level: 40, width: 400 });
  });

  it('shows one structure alone, and hides one', () => {
    const view = useView();
    view.open(opening);
    view.setStructureShown('BODY', true);
    view.setStructureShown('Larynx', false);
    expect([...view.hiddenStructures]).toEqual(['Larynx']);
    view.showOnly('Larynx', ['Larynx', 'BODY', 'PTV']);
    expect([...view.hiddenStructures]).toEqual(['BODY', 'PTV']);
  });

  it('takes the full range of the image as the fifth preset', () => {
    const view = useView();
    view.open(opening);
    view.setPreset('full');
    expect(view.cameraOf('plan')).toMatchObject({ level: 500, width: 3000 });
    view.setPreset('lung');
    expect(view.cameraOf('plan')).toMatchObject({ level: -600, width: 1500 });
  });
});
