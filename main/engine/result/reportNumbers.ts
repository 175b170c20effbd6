import type { Language } from '../../../shared/words';

/** Narrow no-break space: stands before a unit and between thousands. */
const thin = '\u202f';

/** The unit that a key of results.json carries in its name, and the factor to it. */
export function unitOfKey(key: string): { readonly unit: string; readonly factor: number } {
  if (key.endsWith('Mm')) return { unit: 'mm', factor: 1 };
  if (key.endsWith('Cc')) return { unit: 'cc', factor: 1 };
  if (key.endsWith('Gy')) return { unit: 'Gy', factor: 1 };
  if (key.endsWith('Hu')) return { unit: 'HU', factor: 1 };
  if (/(^s|S)hare$/.test(key)) return { unit: '%', factor: 100 };
  if (key.endsWith('Deg')) return { unit: '°', factor: 1 };
  return { unit: '', factor: 1 };
}

function decimalsOf(value: number, unit: string): number {
  const size = Math.abs(value);
  if (Number.isInteger(value) && unit === '') return 0;
  if (unit === 'Gy' || unit === 'mm') return size > 0 && size < 0.1 ? 2 : 1;
  if (unit === 'HU') return 0;
  if (unit === '%') return size >= 10 ? 0 : 1;
  if (unit === 'cc') return size >= 10 ? 1 : 2;
  return size >= 100 ? 1 : size >= 1 ? 2 : 3;
}

/** A number as the window writes it: true minus, narrow spaces, a comma in French, its unit after it. */
export function numberText(value: number, unit: string, language: Language): string {
  const size = Math.abs(value);
  const tiny = size > 0 && size < 0.0005 && unit === '';
  const text = tiny || size >= 1e9 ? value.toExponential(2) : value.toFixed(decimalsOf(value, unit));
  const [whole = '', rest] = text.replace('-', '').split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, thin) : whole;
  const number = rest === undefined ? grouped : `${grouped}${language === 'fr' ? ',' : '.'}${rest}`;
  const zero = Number(text) === 0;
  const shown = unit === 'HU' && language === 'fr' ? 'UH' : unit;
  return `${value < 0 && !zero ? '−' : ''}${number}${shown === '' ? '' : `${thin}${shown}`}`;
}

/** A duration in words: `26 s`, `3 min 10 s`, `1 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 10) return `${seconds.toFixed(1)}${thin}s`;
  if (whole < 60) return `${String(whole)}${thin}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)}${thin}min ${String(whole % 60)}${thin}s`;
  return `${String(Math.floor(minutes / 60))}${thin}h ${String(minutes % 60)}${thin}min`;
}
