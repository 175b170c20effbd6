import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import { problemOf } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { voxelCc } from '../../../../shared/volume';
import { warningOf } from '../../../../shared/warning';
import { dilate } from '../../volume/distance';
import { maskOf } from '../../volume/mask';
import type { Context, OpenInput } from '../analysis';
import { mapLabelsOf } from '../labelMap';
import { dependenceCost, dependenceOf, type HiddenStructure } from './dependence';
import { nothingToAsk, type FurtherSetting, type Inquiries, type Inquiry } from './inquiry';
import { marginMm } from './players';
import { structureOf } from './region';
import { fetchesOf } from './target';

const segmentationOf = ({ recipe }: Context) => (recipe?.output.kind === 'segmentation' ? recipe.output : null);

const labelsOf = (context: Context): readonly string[] => {
  const output = segmentationOf(context);
  return output ? mapLabelsOf(output, true).map(({ label }) => label) : [];
};

/** What is hidden one after the other: the structures named, else those of the labels. */
export const hiddenNames = ({ structures }: OcclusionParameters, context: Context): readonly string[] =>
  structures.length > 0 ? structures : labelsOf(context);

/** The label's structure in this study, where there is one. */
function nameIn(input: OpenInput, context: Context, label: string): string | null {
  try {
    return structureOf(input, context, label).name;
  } catch {
    // A label without a structure is nobody's own.
    return null;
  }
}

function rowsOf({ input, analysis, parameters, prepared }: FurtherSetting): {
  readonly rows: readonly HiddenStructure[];
  readonly warnings: readonly Warning[];
} {
  const { grid } = prepared;
  const warnings: Warning[] = [];
  const rows: HiddenStructure[] = [];
  if (!grid || !prepared.toTensor) return { rows, warnings };
  const owners = labelsOf(analysis).map((label) => ({ label, name: nameIn(input, analysis, label) }));
  for (const asked of hiddenNames(parameters, analysis)) {
    try {
      const { name, ...structure } = structureOf(input, analysis, asked);
      if (rows.some((row) => row.name === name)) continue;
      const grown = dilate(maskOf({ name, ...structure }, grid), grid, marginMm);
      const of = prepared.toTensor(grown);
      const cc = grown.reduce((sum, inside) => sum + inside, 0) * voxelCc(grid);
      const labels = owners.flatMap((owner) => (owner.name === name ? [owner.label] : []));
      if (of.includes(1)) rows.push({ name, cc, of, labels });
      else warnings.push(warningOf('analysis/nothing-to-hide', { structure: name }));
    } catch (thrown) {
      const { code, facts } = problemOf(thrown);
      warnings.push(warningOf(code, facts));
    }
  }
  return { rows, warnings };
}

/** What every label loses when one structure after the other is hidden. */
export function dependenceInquiry(setting: FurtherSetting): Inquiries {
  const { analysis, parameters, choices, secondsAPass } = setting;
  if (!parameters.dependence) return nothingToAsk;
  const output = segmentationOf(analysis);
  if (!output) return { inquiries: [], warnings: [warningOf('analysis/dependence-needs-segmenter')] };
  const { rows, warnings } = rowsOf(setting);
  if (rows.length === 0) return { inquiries: [], warnings };
  const { value: fetch } = fetchesOf(analysis, 0);
  const { passes, seconds } = dependenceCost(rows.length, choices, setting);
  const inquiry: Inquiry = {
    seconds: passes * secondsAPass + seconds,
    async *run() {
      const running = dependenceOf({ ...setting, output, fetch, rows });
      let step = await running.next();
      for (; !step.done; step = await running.next()) yield step.value;
      const { matrix, stopped } = step.value;
      return { found: matrix ? { dependence: matrix } : {}, stopped };
    },
  };
  return { inquiries: [inquiry], warnings };
}
