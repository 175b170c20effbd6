import { join } from 'node:path';
import { analysisDefinitions } from '../../../shared/analysis/list';
import { cssGradientOf } from '../../../shared/colourMaps';
import type { AnalysisResult, InputResult, Results, Warning } from '../../../shared/result';
import type { Verdict } from '../../../shared/verdict';
import { saidIn } from '../../../shared/warning';
import type { Language } from '../../../shared/words';
import type { CropGallery, CropTile } from './cropGallery';
import type { Illustration } from './illustrate';
import { colourMapOf, labelColour, type Picture, type View } from './picture';
import { durationText, numberText } from './reportNumbers';
import { reportStyle } from './reportStyle';
import { cellText, escaped, fieldsHtml } from './reportTables';
import { reportWords } from './reportWords';
import { writeWhole } from './writeWhole';

/** The name of the report in its folder. */
export const reportName = 'report.html';

export interface ReportOptions {
  /** Shows the inputs' own ids; without it they are numbered, since an id may name a patient. */
  readonly identify?: boolean;
  /** Pictures of what neurons look for. */
  readonly galleries?: readonly CropGallery[];
}

type Word = keyof typeof reportWords;

/** What the pages of one report share. */
interface Page {
  readonly language: Language;
  readonly word: (word: Word) => string;
  /** What an input is called here. */
  readonly nameOf: (id: string) => string;
  /** A sentence with every input's id replaced by its name here. */
  readonly masked: (text: string) => string;
}

function pageOf(results: Results, language: Language, identify: boolean): Page {
  const word = (key: Word): string => reportWords[key][language];
  const ids = [
    ...new Set([
      ...results.analyses.flatMap(({ inputs }) => inputs.map(({ id }) => id)),
      ...results.errors.flatMap(({ where }) => (where.input === undefined ? [] : [where.input])),
    ]),
  ];
  const names = new Map(ids.map((id, n) => [id, identify ? id : `${word('patient')} ${String(n + 1)}`]));
  // The longest first, so that an id that begins with another is replaced whole.
  const secret = identify ? [] : [...ids].sort((a, b) => b.length - a.length);
  return {
    language,
    word,
    nameOf: (id) => names.get(id) ?? id,
    masked: (text) => secret.reduce((said, id) => said.replaceAll(id, names.get(id) ?? ''), text),
  };
}

const marks: Readonly<Record<Verdict['level'], string>> = { fine: '●', watch: '▲', problem: '■', 'cannot-say': '◯' };
const dots: Readonly<Record<Verdict['confidence'], string>> = { low: '●○○', moderate: '●●○', high: '●●●' };

function verdictHtml(verdict: Verdict | null, { language, word }: Page): string {
  if (verdict === null) return '';
  const { level, sentence, detail, confidence, caveats, evidence } = verdict;
  const said = detail === undefined ? '' : `<p>${escaped(detail[language])}</p>`;
  const doubts = caveats.map((caveat) => `<li>${escaped(caveat[language])}</li>`).join('');
  const rows = evidence
    .map(
      ({ label, value }) =>
        `<tr><th>${escaped(label[language])}</th><td>${escaped(cellText('', value, language))}</td></tr>`,
    )
    .join('');
  return `<section class="verdict ${level}"><span class="mark">${marks[level]}</span><b>${escaped(sentence[language])}</b>
<span class="dots" title="${word('confidence')}: ${word(confidence)}">${dots[confidence]}</span>${said}</section>
${doubts === '' ? '' : `<h4>${word('doubts')}</h4><ul>${doubts}</ul>`}
${rows === '' ? '' : `<h4>${word('evidence')}</h4><table><tbody>${rows}</tbody></table>`}`;
}

function warningsHtml(warnings: readonly Warning[] | undefined, { masked, language }: Page): string {
  const said = [...new Set((warnings ?? []).map((warning) => masked(saidIn(warning, language).message)))];
  return said.map((message) => `<p class="warn small">${escaped(message)}</p>`).join('');
}

/** Letters at the sides of a view; they are never translated. */
const sides: Readonly<Record<View['plane'], readonly [string, string]>> = {
  axial: ['R', 'L'],
  coronal: ['R', 'L'],
  sagittal: ['A', 'P'],
};

function legendHtml({ kind, unit, range }: Picture, { language, word }: Page, labels: readonly string[]): string {
  if (kind === 'labels') {
    const chips = labels.map((label, n) => {
      const [r, g, b] = labelColour(n + 1);
      return `<span><i class="chip" style="background:rgb(${String(r)},${String(g)},${String(b)})"></i>${escaped(label)}</span>`;
    });
    return chips.length > 0 ? chips.join('') : word('labels');
  }
  const shown = unit === '1' ? word('unit') : unit;
  const [low, high] = [numberText(range[0], shown, language), numberText(range[1], shown, language)];
  const bar = `<i class="bar" style="background:${cssGradientOf(colourMapOf[kind])}"></i>`;
  return `<span>${word(kind)}</span><span>${low}${bar}${high}</span>`;
}

function pictureHtml(picture: Picture, page: Page, labels: readonly string[]): string {
  const views = picture.views.map(({ plane, positionMm, width, height, png }) => {
    const [left, right] = sides[plane];
    const where = `${page.word(plane)} ${numberText(positionMm, 'mm', page.language)}`;
    const data = Buffer.from(png).toString('base64');
    return `<div><img src="data:image/png;base64,${data}" width="${String(width)}" height="${String(height)}" alt="${escaped(`${picture.name}, ${where}`)}"><span>${where}</span><i class="l">${left}</i><i class="r">${right}</i></div>`;
  });
  return `<figure><div class="views">${views.join('')}</div><figcaption><b>${escaped(picture.name)}</b>${legendHtml(picture, page, labels)}</figcaption></figure>`;
}

/** Names of a label map's values 1, 2, …, as the analysis gives them. */
function labelsOf({ values }: InputResult): readonly string[] {
  const labels = values['labels'];
  if (!Array.isArray(labels)) return [];
  const named: string[] = [];
  for (const entry of labels as { label?: unknown; value?: unknown }[])
    if (typeof entry.label === 'string' && typeof entry.value === 'number' && entry.value > 0)
      named[entry.value - 1] = entry.label;
  return Array.from(named, (label: string | undefined) => label ?? '');
}

function inputHtml(input: InputResult, page: Page, illustrations: readonly Illustration[]): string {
  const pictures = illustrations.filter((one) => one.input === input.id).flatMap((one) => one.pictures);
  return `<h3>${escaped(page.nameOf(input.id))}</h3>${pictures.map((one) => pictureHtml(one, page, labelsOf(input))).join('')}
${fieldsHtml(input.values, page.language)}${warningsHtml(input.warnings, page)}`;
}

function tileHtml({ png, width, height, kind, value, times, note }: CropTile, { language, word }: Page): string {
  const data = Buffer.from(png).toString('base64');
  const shown = numberText(value, kind === 'mean' ? '' : word('unit'), language);
  const ratio = typeof times === 'number' ? ` (× ${numberText(times, '', language)} ${word('ofDatabase')})` : '';
  const caption =
    kind === 'crop'
      ? shown
      : kind === 'mean'
        ? `${word('meanOf')} ${shown}`
        : `${word('notPatient')} · ${shown}${ratio}`;
  const title = note ? ` title="${escaped(note[language])}"` : '';
  return `<div class="tile ${kind}"${title}><img src="data:image/png;base64,${data}" width="${String(width)}" height="${String(height)}" alt="${escaped(caption)}"><small>${escaped(caption)}</small></div>`;
}

const galleryHtml = ({ neuron, tiles }: CropGallery, page: Page): string =>
  `<h5>${escaped(neuron)}</h5><div class="tiles">${tiles.map((tile) => tileHtml(tile, page)).join('')}</div>`;

function* analysisHtml(
  analysis: AnalysisResult,
  page: Page,
  illustrations: readonly Illustration[],
  galleries: readonly CropGallery[],
): Generator<string> {
  const { word, language } = page;
  const own = illustrations.filter((one) => one.analysis === analysis.id);
  const parameters = fieldsHtml(analysis.parameters, language);
  const summary = fieldsHtml(analysis.summary, language);
  const definition = analysisDefinitions.find(({ id }) => id === analysis.id);
  const question = definition === undefined ? '' : `<p class="dim">${escaped(definition.question[language])}</p>`;
  yield `<h2 id="${escaped(analysis.id)}">${escaped(definition?.name[language] ?? analysis.id)}</h2>${question}
${analysis.partial === true ? `<p class="warn">${word('partial')}</p>` : ''}${verdictHtml(analysis.verdict, page)}${warningsHtml(analysis.warnings, page)}
${summary === '' ? '' : `<h4>${word('summary')}</h4>${summary}`}
`;
  for (const gallery of galleries.filter((one) => one.analysis === analysis.id)) yield galleryHtml(gallery, page);
  for (const input of analysis.inputs.slice(0, mostInputs)) yield inputHtml(input, page, own);
  const more = analysis.inputs.length - mostInputs;
  if (more > 0) yield `<p class="dim">${word('more').replace('{count}', String(more))}</p>`;
  yield `
${parameters === '' ? '' : `<details><summary>${word('parameters')}</summary>${parameters}</details>`}`;
}

function errorsHtml({ errors }: Results, page: Page): string {
  if (errors.length === 0) return '';
  const rows = errors.map((error) => {
    const { code, where } = error;
    const { message, wayOn } = saidIn(error, page.language);
    const who = where.input === undefined ? '' : `<b>${escaped(page.nameOf(where.input))}</b> · `;
    return `<p class="error">${who}${escaped(page.masked(message))} <span class="dim">${escaped(page.masked(wayOn))} (${escaped(code)})</span></p>`;
  });
  return `<h2>${page.word('errors')}</h2>${rows.join('')}`;
}

function provenanceHtml(results: Results, { word }: Page): string {
  const { network, backend, isolens, seconds } = results;
  const versions = Object.entries(backend?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  const rows: [string, string][] = [[word('version'), isolens]];
  if (network !== null) rows.push([word('network'), network.name ?? ''], [word('identity'), network.sha256]);
  if (backend !== null)
    rows.push([
      word('backend'),
      [backend.rung, `${String(backend.threads)} ${word('threads')}`, ...versions].join(' · '),
    ]);
  rows.push([word('time'), durationText(seconds)]);
  const body = rows.map(([name, value]) => `<tr><th>${name}</th><td><code>${escaped(value)}</code></td></tr>`).join('');
  return `<h2>${word('provenance')}</h2><table><tbody>${body}</tbody></table>`;
}

/** Inputs whose figures are printed; those of all are in results.json. */
const mostInputs = 50;

/** The report as one HTML page that needs nothing else: pictures, tables, verdicts, doubts and provenance. */
export const reportHtml = (...of: Parameters<typeof reportPieces>): string => [...reportPieces(...of)].join('');

function* reportPieces(
  results: Results,
  language: Language = 'en',
  illustrations: readonly Illustration[] = [],
  { identify = false, galleries = [] }: ReportOptions = {},
): Generator<string> {
  const page = pageOf(results, language, identify);
  const { word } = page;
  const inputs = new Set(results.analyses.flatMap((analysis) => analysis.inputs.map(({ id }) => id))).size;
  const failed = new Set(results.errors.flatMap(({ where }) => where.input ?? [])).size;
  const head = [
    results.network?.name ?? '',
    `${word('inputs')} ${String(inputs)}`,
    failed > 0 ? `${String(failed)} ${word('failed')}` : '',
  ];
  yield `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${word('title')}</title><style>${reportStyle}</style></head>
<body>
<header><h1>${word('title')}</h1><p class="dim">${escaped(head.filter((part) => part !== '').join(' · '))}</p>
<span class="research">${word('research')}</span>${identify ? '' : `<p class="dim small">${word('hidden')}</p>`}</header>
<main>`;
  for (const analysis of results.analyses) yield* analysisHtml(analysis, page, illustrations, galleries);
  yield `
${warningsHtml(results.warnings, page)}${errorsHtml(results, page)}
${provenanceHtml(results, page)}</main>
<footer>${word('title')} · Isolens ${escaped(results.isolens)} · ${word('research')}</footer>
</body></html>
`;
}

/** Writes report.html beside results.json. *Problems* result/disk-full, result/cannot-write. */
export async function writeReport(
  folder: string,
  results: Results,
  language: Language = 'en',
  illustrations: readonly Illustration[] = [],
  options: ReportOptions = {},
): Promise<void> {
  await writeWhole(join(folder, reportName), reportPieces(results, language, illustrations, options), reportName);
}
