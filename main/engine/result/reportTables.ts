import { say, type Language, type Words } from '../../../shared/words';
import { numberText, unitOfKey } from './reportNumbers';
import { keyWords, valueWord } from './reportKeys';
import { reportWords } from './reportWords';

/** Rows that one table shows; the rest stays in results.json. */
const mostRows = 120;

type Fields = Readonly<Record<string, unknown>>;

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => `&#${String(letter.charCodeAt(0))};`);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A figure with its interval, as results.json writes it. */
const isFigure = (value: unknown): value is { value: number; ci95: readonly [number, number] } =>
  isFields(value) && typeof value['value'] === 'number' && Array.isArray(value['ci95']);

/** A text in both languages. */
const isWords = (value: unknown): value is Words =>
  isFields(value) && Object.keys(value).join() === 'en,fr' && typeof value['en'] === 'string';

/** A median with the least and the greatest. */
const isSpan = (value: unknown): value is { median: number; low: number; high: number } =>
  isFields(value) &&
  Object.keys(value).join() === 'median,low,high' &&
  Object.values(value).every((one) => typeof one === 'number');

const isScalar = (value: unknown): boolean =>
  value === null ||
  ['number', 'string', 'boolean'].includes(typeof value) ||
  isFigure(value) ||
  isSpan(value) ||
  isWords(value);

const isShort = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= 12 && value.every(isScalar);

/** A key as words: the known one, else camelCase taken apart, its unit left to the numbers. */
export function heading(key: string, language: Language): string {
  const known = keyWords[key];
  if (known !== undefined) return known[language];
  if (!/^[a-z]+([A-Z][a-z0-9]*)*$/.test(key)) return key;
  return key.replace(/(Mm|Cc|Gy|Hu|Deg)$/, '').replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** One value as text, without markup. */
export function cellText(key: string, value: unknown, language: Language): string {
  const { unit, factor } = unitOfKey(key);
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return numberText(value * factor, unit, language);
  if (typeof value === 'boolean') return reportWords[value ? 'yes' : 'no'][language];
  if (isFigure(value)) {
    const [low, high] = value.ci95;
    const text = (n: number): string => numberText(n * factor, '', language);
    return `${numberText(value.value * factor, unit, language)} [${text(low)} ; ${text(high)}]`;
  }
  if (isSpan(value)) {
    const text = (n: number): string => numberText(n * factor, '', language);
    return `${text(value.median)} [${text(value.low)} … ${text(value.high)}]`;
  }
  if (isWords(value)) return value[language];
  if (isShort(value)) return value.map((item) => cellText(key, item, language)).join(', ');
  if (Array.isArray(value)) return say(reportWords.numbers, language, { count: value.length });
  return typeof value === 'string' ? valueWord(key, value, language) : JSON.stringify(value);
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || isFigure(value) || isSpan(value);

/** A column of numbers stands right, its head and its gaps too. */
const isNumeric = (values: readonly unknown[]): boolean =>
  values.some(isNumber) && values.every((value) => isNumber(value) || value === null || value === undefined);

const cell = (key: string, value: unknown, language: Language, numeric = isNumber(value)): string =>
  `<td${numeric ? ' class="n"' : ''}>${escaped(cellText(key, value, language))}</td>`;

const columnHead = (key: string, numeric: boolean, language: Language): string =>
  `<th${numeric ? ' class="n"' : ''}>${escaped(heading(key, language))}</th>`;

const wrapped = (head: string, rows: readonly string[], more: string): string =>
  `<div class="wide"><table>${head}<tbody>${rows.join('')}</tbody></table></div>${more}`;

/** Rows of the same keys: one line each; what lies deeper in them follows under the row's name. */
function rowsTable(rows: readonly Fields[], language: Language): string {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const plain = keys.filter((key) =>
    rows.every((row) => row[key] === undefined || isScalar(row[key]) || isShort(row[key])),
  );
  const deep = keys.filter((key) => !plain.includes(key));
  const shown = rows.slice(0, mostRows);
  const numeric = new Set(plain.filter((key) => isNumeric(rows.map((row) => row[key]))));
  const head = `<thead><tr>${plain.map((key) => columnHead(key, numeric.has(key), language)).join('')}</tr></thead>`;
  const lines = shown.map(
    (row) => `<tr>${plain.map((key) => cell(key, row[key] ?? null, language, numeric.has(key))).join('')}</tr>`,
  );
  const left = rows.length - shown.length;
  const more = left > 0 ? `<p class="dim">${escaped(say(reportWords.more, language, { count: left }))}</p>` : '';
  const below = shown
    .flatMap((row, n) =>
      deep.map((key) => {
        const inner = valueHtml(key, row[key], language);
        const name = typeof row[plain[0] ?? ''] === 'string' ? String(row[plain[0] ?? '']) : String(n + 1);
        return inner === ''
          ? ''
          : `<details><summary>${escaped(`${name} · ${heading(key, language)}`)}</summary>${inner}</details>`;
      }),
    )
    .join('');
  const table = plain.length > 0 ? wrapped(head, lines, more) : more;
  return table + below;
}

/** Tables of figures by the same names (Dice by label, HD95 by label …): one row a name, one column a table. */
function columnsTable(columns: readonly (readonly [string, Fields])[], language: Language): string {
  const names = Object.keys(columns[0]?.[1] ?? {});
  const numeric = columns.map(([, column]) => isNumeric(Object.values(column)));
  const heads = columns.map(([key], n) => columnHead(key, numeric[n] === true, language));
  const head = `<thead><tr><th></th>${heads.join('')}</tr></thead>`;
  const lines = names.map((name) => {
    const cells = columns.map(([key, column], n) => cell(key, column[name], language, numeric[n] === true));
    return `<tr><th>${escaped(name)}</th>${cells.join('')}</tr>`;
  });
  return wrapped(head, lines, '');
}

/** An object: its plain values as a list of two columns, tables of the same names side by side, the rest one under the other. */
export function fieldsHtml(fields: Fields, language: Language): string {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  const plain = entries.filter(([, value]) => isScalar(value) || isShort(value));
  const byName = entries.filter(
    (entry): entry is [string, Fields] =>
      isFields(entry[1]) &&
      !isFigure(entry[1]) &&
      Object.values(entry[1]).length > 0 &&
      Object.values(entry[1]).every(isScalar),
  );
  const groups = new Map<string, [string, Fields][]>();
  for (const entry of byName) {
    const names = Object.keys(entry[1]).join('\n');
    groups.set(names, [...(groups.get(names) ?? []), entry]);
  }
  const together = [...groups.values()].filter((group) => group.length > 1);
  const taken = new Set(together.flat().map(([key]) => key));
  const rest = entries.filter(([key, value]) => !(isScalar(value) || isShort(value)) && !taken.has(key));
  const list = plain
    .map(([key, value]) => `<tr><th>${escaped(heading(key, language))}</th>${cell(key, value, language)}</tr>`)
    .join('');
  return [
    list === '' ? '' : wrapped('', [list], ''),
    ...together.map((group) => columnsTable(group, language)),
    ...rest.map(([key, value]) => {
      const inner = valueHtml(key, value, language);
      return inner === '' ? '' : `<h5>${escaped(heading(key, language))}</h5>${inner}`;
    }),
  ].join('');
}

function valueHtml(key: string, value: unknown, language: Language): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '';
    if (value.every(isFields) && !value.every(isFigure)) return rowsTable(value, language);
    return `<p>${escaped(cellText(key, value, language))}</p>`;
  }
  if (isFields(value)) {
    const inner = Object.values(value);
    if (inner.length > 0 && inner.every((one) => isFields(one) && !isFigure(one)))
      return rowsTable(
        Object.entries(value).map(([name, one]) => ({ name, ...(one as Fields) })),
        language,
      );
    return fieldsHtml(value, language);
  }
  return '';
}
