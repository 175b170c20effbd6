import type { Volume } from '../../../shared/volume';
import type { ImageVolume, Study } from '../../../main/engine/study/study';

/** A study that holds nothing but the CT: what the recipe needs of a patient to make the network's input. */
export function scanOnly(id: string, ct: Volume<Int16Array>): Study {
  const image: ImageVolume = {
    ...ct,
    seriesUid: id,
    modality: 'CT',
    sha256: id,
    gapsMm: [],
    range: [-1000, 3071],
    notes: [],
  };
  const series = {
    uid: id,
    modality: 'CT',
    frameOfReference: ct.frameOfReference,
    sliceCount: ct.grid.size[2],
    label: '',
    notes: [],
  };
  return {
    summary: { id, path: '', patient: { name: '', id: '' }, description: '', synthetic: false, objects: [], notes: [] },
    images: [{ ...series, load: () => Promise.resolve(image) }],
    structureSets: [],
    doses: [],
    plans: [],
    notes: [],
  };
}
