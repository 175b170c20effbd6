import { decimalOf, type Elements } from './elements';

/** A dose–volume histogram that the planning system sent with its dose: shown beside our own, never instead. */
export interface PlanningHistogram {
  /** Number of the structure in the structure set that the dose refers to. */
  readonly structureNumber: number;
  /** Falling points (dose in Gy, volume in %) from 100 %. */
  readonly curve: readonly (readonly [number, number])[];
}

/** So many bins hold 650 Gy in steps of 0.01 Gy. */
const mostBins = 65_536;
/** Points that a curve is drawn with. */
const drawn = 300;

/**
 * The DVH Sequence of an RTDOSE, as far as it can stand beside curves in Gy: of one whole structure, absolute dose, cumulative or
 * differential. Its minimum, mean and maximum are left alone: systems give them in % of the prescription while the units say Gy.
 * *Units* Gy, %. *Source:* DICOM PS3.3 C.8.8.4.
 */
export function planningHistogramsOf(elements: Elements): readonly PlanningHistogram[] {
  return elements.items('DVHSequence').flatMap((item) => {
    const of = item.items('DVHReferencedROISequence');
    const [structure] = of;
    const structureNumber = structure?.number('ReferencedROINumber') ?? null;
    const whole = of.length === 1 && structure?.text('DVHROIContributionType').toUpperCase() !== 'EXCLUDED';
    if (!whole || structureNumber === null || item.text('DoseUnits').toUpperCase() !== 'GY') return [];
    const curve = curveOf(item);
    return curve === null ? [] : [{ structureNumber, curve }];
  });
}

/** Volume that gets at least the dose at the lower edge of each bin; null where the data are not pairs of bin widths and volumes. */
function curveOf(item: Elements): PlanningHistogram['curve'] | null {
  const type = item.text('DVHType').toUpperCase();
  const data = item.numbers('DVHData');
  const scaling = decimalOf(item.texts('DVHDoseScaling')[0] ?? '1');
  if (!data || data.length < 4 || data.length % 2 !== 0 || data.length > 2 * mostBins || !(scaling > 0)) return null;
  if (type !== 'CUMULATIVE' && type !== 'DIFFERENTIAL') return null;
  const bins = data.length / 2;
  const doses = new Float64Array(bins + 1);
  const volumes = new Float64Array(bins + 1);
  for (let bin = 0; bin < bins; bin++) {
    const width = data[2 * bin] as number;
    const volume = data[2 * bin + 1] as number;
    if (!(width >= 0) || !Number.isFinite(volume)) return null;
    doses[bin + 1] = (doses[bin] as number) + width * scaling;
    volumes[bin] = volume;
  }
  if (type === 'DIFFERENTIAL')
    for (let bin = bins - 1; bin >= 0; bin--) volumes[bin] = (volumes[bin] as number) + (volumes[bin + 1] as number);
  const whole = volumes[0] as number;
  if (!(whole > 0)) return null;
  const every = Math.max(1, Math.ceil((bins + 1) / drawn));
  const kept = Array.from(doses.keys()).filter((bin) => bin % every === 0 || bin === bins);
  // Rounding of the sender's sums leaves volumes a hair below nothing.
  return kept.map((bin) => [doses[bin] as number, Math.max(0, (100 * (volumes[bin] as number)) / whole)]);
}
