import { voxelCc } from '../../../../shared/volume';
import { problemOf } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import type { StructurePlay } from '../../../../shared/analysis/occlusionFurther';
import { warningOf } from '../../../../shared/warning';
import { dilate } from '../../volume/distance';
import { maskOf } from '../../volume/mask';
import type { Context, OpenInput } from '../analysis';
import type { Division } from './hiding';
import { marginMm } from './players';
import type { Anatomy } from './ranking';
import { structureOf } from './region';

type Player = Pick<StructurePlay['players'][number], 'name' | 'kind' | 'cc'>;

/** An input's voxels shared out among named structures, the rest of the body and the outside. */
export interface StructureDivision extends Division {
  readonly players: readonly Player[];
  /** The structures that play, as the study spells them, by the name that was asked for. */
  readonly spelled: ReadonlyMap<string, string>;
}

/**
 * Structures with 3 mm around them, made disjoint by the order in which they are named; then the rest of the body, then what lies outside.
 * A structure that is not there, or of which the others leave nothing, does not play: a warning says so. *Source* methods §1.4.
 */
export function divisionOf(
  input: OpenInput,
  context: Context,
  { body }: Anatomy,
  names: readonly string[],
): { readonly division: StructureDivision | null; readonly warnings: readonly Warning[] } {
  const { prepared } = input;
  const { grid } = prepared;
  if (!grid || !prepared.toTensor) return { division: null, warnings: [] };
  const warnings: Warning[] = [];
  const spelled = new Map<string, string>();
  const free = 255;
  const on = new Uint8Array(body.length).fill(free);
  const players: Player[] = [];
  const take = (name: string, kind: Player['kind'], holds: (v: number) => boolean): boolean => {
    let voxels = 0;
    for (let v = 0; v < on.length; v++) {
      if (on[v] !== free || !holds(v)) continue;
      on[v] = players.length;
      voxels += 1;
    }
    if (voxels > 0 || kind !== 'structure') players.push({ name, kind, cc: voxels * voxelCc(grid) });
    return voxels > 0;
  };
  for (const asked of names) {
    try {
      const structure = structureOf(input, context, asked);
      const grown = dilate(maskOf(structure, grid), grid, marginMm);
      if (take(structure.name, 'structure', (v) => grown[v] === 1)) spelled.set(asked, structure.name);
      else warnings.push(warningOf('analysis/nothing-left-of', { structure: structure.name }));
    } catch (thrown) {
      const { code, facts } = problemOf(thrown);
      warnings.push(warningOf(code, facts));
    }
  }
  if (players.length === 0) return { division: null, warnings };
  take('unlabelled tissue', 'unlabelled', (v) => body[v] === 1);
  take('outside body', 'outside', () => true);
  return { division: { of: prepared.toTensor(on), count: players.length, players, spelled }, warnings };
}
