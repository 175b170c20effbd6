import { cross, dot, invert, length, multiply, stepsOf, type Affine } from '../../../shared/geometry';
import { identity } from '../../../shared/geometry';
import type { Problem } from '../../../shared/problem/problem';
import type { Elements } from './elements';

/** A Spatial Registration: from each frame of reference into the registered one. */
export interface Registration {
  readonly uid: string;
  readonly registered: string;
  readonly toRegistered: ReadonlyMap<string, Affine>;
  readonly notes: readonly Problem[];
}

/** Reads a rigid registration; items that are not rigid are left out, with the reason. Source: DICOM PS3.3 C.20.2. */
export function readRegistration(elements: Elements): Registration {
  const registered = elements.text('FrameOfReferenceUID');
  const toRegistered = new Map<string, Affine>();
  const notes: Problem[] = [];
  for (const item of elements.items('RegistrationSequence')) {
    const frame = item.text('FrameOfReferenceUID');
    const matrices = item.items('MatrixRegistrationSequence').flatMap((one) => one.items('MatrixSequence'));
    const reason = frame === '' || matrices.length === 0 ? 'incomplete' : reasonAgainst(matrices);
    if (reason !== null) {
      notes.push({ code: 'dicom/registration-unusable', facts: { reason }, where: {} });
      continue;
    }
    // Matrices apply in item order: each next one after those before.
    toRegistered.set(
      frame,
      matrices.reduce((before, one) => multiply(matrixOf(one) ?? identity, before), identity),
    );
  }
  return { uid: elements.text('SOPInstanceUID'), registered, toRegistered, notes };
}

function reasonAgainst(matrices: readonly Elements[]): string | null {
  for (const item of matrices) {
    const type = item.text('FrameOfReferenceTransformationMatrixType').toUpperCase();
    if (type !== 'RIGID') return type === '' ? 'no type' : type;
    const matrix = matrixOf(item);
    if (matrix === null || !isRigid(matrix)) return 'its matrix is not rigid';
  }
  return null;
}

function matrixOf(item: Elements): Affine | null {
  const values = item.numbers('FrameOfReferenceTransformationMatrix');
  return values?.length === 16 ? ([...values] as unknown as Affine) : null;
}

/** Columns perpendicular, of length 1 and right-handed within 1e-3; the last row 0 0 0 1. */
export function isRigid(m: Affine): boolean {
  const [a, b, c] = stepsOf(m);
  const unit = [a, b, c].every((column) => Math.abs(length(column) - 1) <= 1e-3);
  const square = Math.abs(dot(a, b)) <= 1e-3 && Math.abs(dot(b, c)) <= 1e-3 && Math.abs(dot(a, c)) <= 1e-3;
  const last = Math.abs(m[12]) + Math.abs(m[13]) + Math.abs(m[14]) + Math.abs(m[15] - 1) <= 1e-6;
  return unit && square && last && dot(cross(a, b), c) > 0;
}

/** The map from one frame of reference to another by the registrations at hand: source → registered → target; null where there is none. */
export function between(registrations: readonly Registration[], source: string, target: string): Affine | null {
  if (source === target) return identity;
  for (const { registered, toRegistered } of registrations) {
    const from = source === registered ? identity : toRegistered.get(source);
    const to = target === registered ? identity : toRegistered.get(target);
    if (from !== undefined && to !== undefined) return multiply(invert(to), from);
  }
  return null;
}
