import type { Structure } from '../../../shared/structure';
import type { Warning } from '../../../shared/result';
import { warningOf } from '../../../shared/warning';
import { boxOfContours } from './centre';

const left = /(^|[\s_.-])(l|lt|g)($|[\s_.-])|left|gauche/i;
const right = /(^|[\s_.-])(r|rt|d)($|[\s_.-])|right|droite?/i;

/** A warning where a structure's name says one side and its middle lies more than 5 mm on the other. `midlineMm` is x in LPS. */
export function sideWarnings(structure: Structure, midlineMm: number): readonly Warning[] {
  const says = left.test(structure.name) === right.test(structure.name) ? 0 : left.test(structure.name) ? 1 : -1;
  const { min, max } = boxOfContours(structure);
  const off = (min[0] + max[0]) / 2 - midlineMm;
  return says * off < -5 ? [warningOf('recipe/wrong-side', { structure: structure.name })] : [];
}
