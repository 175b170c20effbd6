import { compare, type CompareSummary } from '../../../shared/analysis/compare';
import type { InputResult } from '../../../shared/result';
import type { BlobVolume } from '../../../shared/study';
import type { OpenResult } from '../../stores/results';
import { lastPart } from '../study/patientName';

/** What a comparison found; null where it cannot be read. */
export function compareSummary(summary: unknown): CompareSummary | null {
  const read = compare.summary.safeParse(summary);
  return read.success ? read.data : null;
}

export type ShownKind = 'labels' | 'dose' | 'support';

/** One network's answer in the open study. */
export interface Shown {
  readonly network: string;
  readonly kind: ShownKind;
  readonly volume: BlobVolume;
}

/** One network's answer minus the reference's in the open study; null where it was not saved. */
export function differenceOf({ input, volumes }: OpenResult, network: string, kind: ShownKind): BlobVolume | null {
  const name = shownFiles.find(([, , own]) => own === kind)?.[1];
  const path = input && name !== undefined ? fileOf(input.files, 'difference', network, name) : null;
  return path === null ? null : (volumes[path] ?? null);
}

/** Which file of which analysis is shown, the more telling first. */
const shownFiles: readonly (readonly [analysis: string, file: string, kind: ShownKind])[] = [
  ['occlusion', 'map', 'support'],
  ['predict', 'labels', 'labels'],
  ['predict', 'dose', 'dose'],
];

function fileOf(files: InputResult['files'], analysis: string, network: string, name: string): string | null {
  const table = files[analysis];
  const own = typeof table === 'object' ? table[network] : undefined;
  const path = typeof own === 'object' ? own[name] : undefined;
  return path ?? null;
}

/** Whether the one patient whose pictures were read is the open one: pictures of another must not lie over its scan. */
function isOf({ input, results }: OpenResult, openPath: string | undefined): boolean {
  const { inputs } = results.job as { readonly inputs?: readonly { readonly study?: string }[] };
  const asked = (inputs ?? []).flatMap(({ study }) => study ?? []);
  const [first] = asked;
  if (!input || first === undefined || openPath === undefined || lastPart(first) !== input.id) return false;
  // Results may have come from another place; where several patients bear one name, only the whole path tells.
  const isOne = asked.filter((path) => lastPart(path) === input.id).length === 1;
  return isOne ? lastPart(openPath) === input.id : first === openPath;
}

/**
 * The answers of all networks in the open study, in the job's order, of the first kind that every one of them saved; empty where another
 * study was the open one when it was asked.
 */
export function shownOf(
  result: OpenResult,
  networks: readonly string[],
  openPath: string | undefined,
): readonly Shown[] {
  const { input, volumes } = result;
  if (!input || !isOf(result, openPath)) return [];
  for (const [analysis, name, kind] of shownFiles) {
    const found = networks.flatMap((network): Shown[] => {
      const path = fileOf(input.files, analysis, network, name);
      const volume = path === null ? undefined : volumes[path];
      return volume ? [{ network, kind, volume }] : [];
    });
    if (found.length === networks.length) return found;
  }
  return [];
}
