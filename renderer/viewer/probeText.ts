import type { Facts, Language } from '../../shared/words';
import {
  formatNumber,
  formatPlain,
  formatShare,
  formatSigned,
  formatWithUnit,
  thinSpace,
  unitName,
} from '../controls/numbers';
import type { ViewerKey } from '../locales/viewer.en';
import type { Probe } from '../stores/probe';
import { coordinateText } from './viewerWords';

type Translate = (key: ViewerKey, facts?: Facts) => string;

/** "L 50.6 · P 24.4 · S −12.5 mm" */
export function pointText({ pointMm: [x, y, z] }: Pick<Probe, 'pointMm'>, language: Language): string {
  const parts = [coordinateText('L', x, language), coordinateText('P', y, language), coordinateText('S', z, language)];
  return `${parts.join(' · ')}${thinSpace}mm`;
}

export function imageText({ image }: Pick<Probe, 'image'>, language: Language): string {
  return image ? formatWithUnit(image.value, image.unit === 'HU' ? 0 : 1, image.unit, language) : '';
}

/** "51.5 Gy (74 %)", or that the point lies outside of the dose grid. */
export function doseText({ dose }: Pick<Probe, 'dose'>, language: Language, t: Translate): string {
  if (!dose) return '';
  if (dose.value === null) return t('viewer.outsideDose');
  const percent = dose.percent === null ? '' : ` (${formatShare(dose.percent / 100, language)})`;
  return formatWithUnit(dose.value, 1, dose.unit, language) + percent;
}

/** "support +0.14 · 8 mm cell": the true value of the cell, never the blended colour's. */
export function mapText({ map }: Pick<Probe, 'map'>, language: Language, t: Translate): string {
  if (!map) return '';
  if (map.value === null) return `${map.name} ${t('viewer.outsideMap')}`;
  if (Number.isNaN(map.value)) return `${map.name} ${t('viewer.notVisited')}`;
  if (map.label !== null) return `${map.name} ${map.label}`;
  const digits = map.unit === 'HU' ? 0 : map.unit === 'Gy' ? 1 : 2;
  const small = Math.abs(map.value) < 0.005 && map.value !== 0;
  const number = small
    ? formatPlain(map.value, language)
    : map.signed
      ? formatSigned(map.value, digits, language)
      : formatNumber(map.value, digits, language);
  const unit = unitName(map.unit, language);
  return `${map.name} ${number}${unit === '' ? '' : thinSpace + unit} · ${cellText(map.cellMm, language, t)}`;
}

/** Size of a map's cells: one number for cubes. */
export function cellText(cellMm: readonly [number, number, number], language: Language, t: Translate): string {
  const text = cellMm.map((mm) => formatNumber(mm, Math.abs(mm - Math.round(mm)) < 0.05 ? 0 : 1, language));
  const [x, y, z] = text as [string, string, string];
  return x === y && y === z ? t('viewer.cell', { size: x }) : t('viewer.cellOf', { x, y, z });
}

export function insideText({ inside }: Pick<Probe, 'inside'>, t: Translate): string {
  return inside.length > 0 ? t('viewer.in', { names: inside.join(', ') }) : '';
}

/** "4 mm from Parotid_L" */
export function nearestText({ nearest }: Pick<Probe, 'nearest'>, language: Language, t: Translate): string {
  if (!nearest) return '';
  return t('viewer.from', {
    distance: formatWithUnit(nearest.mm, nearest.mm < 1 ? 1 : 0, 'mm', language),
    name: nearest.name,
  });
}

/** All of it in one line, in the order of the status bar, for copying. */
export function probeText(probe: Probe, language: Language, t: Translate): string {
  return [
    pointText(probe, language),
    imageText(probe, language),
    doseText(probe, language, t),
    mapText(probe, language, t),
    insideText(probe, t),
    nearestText(probe, language, t),
  ]
    .filter((part) => part !== '')
    .join(' | ');
}
