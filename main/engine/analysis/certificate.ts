import type { Certificate } from '../../../shared/analysis/certificate';
import type { ChannelFigures } from '../../../shared/analysis/maps';
import type { NetworkGraph } from '../network/graph';
import { readersOf } from '../network/use';

/** What several networks in the order of their training tell of a death; left out where there is one alone. */
export type DeathCourse = Pick<
  Certificate,
  'after' | 'by' | 'noGradient' | 'fall' | 'byBias' | 'byWeights' | 'byInput' | 'sameInterval'
>;

export const noCourse: DeathCourse = {
  after: null,
  by: null,
  noGradient: null,
  fall: null,
  byBias: null,
  byWeights: null,
  byInput: null,
  sameInterval: null,
};

/** Rows of the table in methods §1.1: thresholds of what counts. */
const rule = { fall: -2, sameInterval: 0.2, margin: -0.5, read: 0.01, patients: 30 } as const;

type Row = Certificate['compatibleWith'][number];

/** Rows that only several networks, or the margin to waking, can show. */
function rowsOf(figures: ChannelFigures, course: DeathCourse): Row[] {
  const rows: Row[] = [...(figures.cause?.compatibleWith ?? [])];
  const { after, by, fall, sameInterval } = course;
  if (
    after !== null &&
    fall !== null &&
    fall <= rule.fall &&
    sameInterval !== null &&
    sameInterval >= rule.sameInterval
  )
    rows.push('learning-rate');
  if (by !== null && after === null) rows.push('initialisation');
  if (rows.length === 0 && figures.margin !== null && figures.margin > rule.margin && !figures.certified)
    rows.push('database');
  return rows;
}

function missingFor(figures: ChannelFigures, course: DeathCourse, patients: number): Certificate['missing'] {
  const { after, by, noGradient } = course;
  return [
    ...(after === null ? (['checkpoint-0'] as const) : (['checkpoints-between'] as const)),
    ...(noGradient === null ? (['later-checkpoints'] as const) : []),
    ...(figures.certified ? [] : (['another-database'] as const)),
    ...(figures.certified || patients >= rule.patients ? [] : (['more-patients'] as const)),
    ...(by !== null && after !== null ? (['training-log'] as const) : []),
  ];
}

/**
 * The death certificate of one filter: date, rows that hold, proof of no gradient, bound, seal, who reads it, and what is missing to say more.
 * *Source* methods §3, death certificate; §1.1 for its parts.
 */
export function certificateOf(
  graph: NetworkGraph,
  { node, channel }: { readonly node: string; readonly channel: number },
  figures: ChannelFigures,
  { silentPatients, patients }: { readonly silentPatients: number | null; readonly patients: number },
  course: DeathCourse = noCourse,
): Certificate {
  const readers = [...readersOf(graph, node)].map(([name, weights]) => [name, weights[channel] ?? 0] as const);
  return {
    node,
    channel,
    status: figures.status,
    ...course,
    silentPatients,
    patients,
    bound95: figures.bound95,
    certified: figures.certified,
    compatibleWith: rowsOf(figures, course),
    used: figures.used,
    readers: readers.filter(([, weight]) => weight >= rule.read).map(([name]) => name),
    ignoredBy: readers.filter(([, weight]) => weight < rule.read).map(([name]) => name),
    missing: missingFor(figures, course, patients),
  };
}
