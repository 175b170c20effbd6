import type { Language } from '../../shared/words';

/** Between a number and its unit, and between thousands, in both languages. */
export const thinSpace = '\u202f';
export const minusSign = '\u2212';

/** A number with fixed digits: thousands in groups by a thin space, U+2212 as minus, a decimal comma in French. */
export function formatNumber(value: number, digits: number, language: Language): string {
  if (!Number.isFinite(value)) return language === 'fr' ? 'indéfini' : 'undefined';
  const fixed = Math.abs(value).toFixed(digits);
  const [whole, fraction] = fixed.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thinSpace);
  const sign = value < 0 && Number(fixed) !== 0 ? minusSign : '';
  return sign + grouped + (fraction === undefined ? '' : (language === 'fr' ? ',' : '.') + fraction);
}

/** With "+" in front of what is above zero. */
export function formatSigned(value: number, digits: number, language: Language): string {
  const text = formatNumber(value, digits, language);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** A number and its unit, with a thin space between. Hounsfield units are UH in French. */
export function formatWithUnit(value: number, digits: number, unit: string, language: Language): string {
  const number = formatNumber(value, digits, language);
  const shown = unitName(unit, language);
  return shown === '' ? number : number + thinSpace + shown;
}

/** How a unit is written in a language; the plain number has none. */
export function unitName(unit: string, language: Language): string {
  if (unit === '1') return '';
  if (language === 'en') return unit;
  return unit === 'HU' ? 'UH' : unit === 'a.u.' ? 'u.a.' : unit;
}

/** A share (1 = 100 %) as a percentage: no decimals from 10 % up, one below. */
export function formatShare(share: number, language: Language): string {
  const percent = share * 100;
  return formatNumber(percent, Math.abs(percent) >= 10 || percent === 0 ? 0 : 1, language) + thinSpace + '%';
}

/** Three significant digits, for values whose size is not known beforehand. */
export function formatPlain(value: number, language: Language): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, power] = value.toExponential(1).split('e') as [string, string];
    return `${formatNumber(Number(mantissa), 1, language)}·10${raised(Number(power))}`;
  }
  return formatNumber(value, Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(size)))), language);
}

/** A whole number as an exponent: 10⁻⁷. */
const raised = (power: number): string =>
  Array.from(String(power), (sign) => (sign === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)] ?? ''))).join('');

/** Decimals that show two significant digits of the largest value: every number of a column has as many. */
export const digitsFor = (largest: number): number =>
  largest > 0 ? Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(largest)))) : 0;

/** Time in hours, minutes and seconds: "3 min 10 s", "42 s", "1 h 5 min". */
export function formatSeconds(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.round(seconds));
  const part = (value: number, unit: string): string => formatWithUnit(value, 0, unit, language);
  if (whole < 60) return part(whole, 's');
  if (whole < 3600) {
    const rest = whole % 60;
    return rest === 0 ? part(whole / 60, 'min') : `${part(Math.floor(whole / 60), 'min')} ${part(rest, 's')}`;
  }
  const minutes = Math.round((whole % 3600) / 60);
  return minutes === 0
    ? part(Math.floor(whole / 3600), 'h')
    : `${part(Math.floor(whole / 3600), 'h')} ${part(minutes, 'min')}`;
}

/** Bytes in MiB or GiB. */
export function formatBytes(bytes: number, language: Language): string {
  const mebibytes = bytes / 2 ** 20;
  const [mega, giga] = language === 'fr' ? ['Mio', 'Gio'] : ['MiB', 'GiB'];
  return mebibytes >= 1024
    ? formatWithUnit(mebibytes / 1024, 1, giga, language)
    : formatWithUnit(mebibytes, 0, mega, language);
}
