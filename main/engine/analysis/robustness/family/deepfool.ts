import { attackedOf, type Attacked } from '../attack';
import { IsolensError } from '../../../../../shared/problem/problem';
import { ask } from '../ask';
import { refusalOf, type Family, type FoundAttack, type Making } from '../family';
import type { AttackScore } from '../judge';

const steps = 50;
/** Classes that are tried: the likeliest ones. */
const candidates = 10;
/** Just over the boundary. */
const overshoot = 0.02;
/** Halvings of the pattern's length, once its direction is found. */
const halvings = 22;

const squared = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** The steps of DeepFool in ℓ₂: to the nearest boundary of the network made linear, again and again. Source: Moosavi-Dezfooli 2016, algorithm 2. */
async function pattern(attacked: Attacked, rivals: readonly AttackScore[]): Promise<Float32Array> {
  const { clean, perHu } = attacked;
  const total = new Float32Array(clean.length);
  for (let step = 0; step < steps; step++) {
    const at = clean.map((value, v) => value + (1 + overshoot) * (total[v] as number));
    let nearest: { readonly distance: number; readonly by: Float32Array } | null = null;
    let crossed = false;
    for (const rival of rivals) {
      const { value, gradient } = await attacked.slope(at, rival);
      if (value < 0) crossed = true;
      // In HU: channels of another scale must not count for more than they are.
      const direction = gradient.map((slope, v) => slope * (perHu[v] as number));
      const norm = squared(direction);
      if (norm === 0) continue;
      const distance = Math.abs(value) / Math.sqrt(norm);
      if (nearest === null || distance < nearest.distance)
        nearest = {
          distance,
          by: direction.map((d, v) => -((Math.abs(value) + 1e-7) / norm) * d * (perHu[v] as number)),
        };
    }
    if (crossed || nearest === null) break;
    const { by } = nearest;
    by.forEach((move, v) => {
      total[v] = (total[v] as number) + move;
    });
  }
  return total;
}

/** The length at which the pattern just changes the answer, as a share of itself; null where twice of it does not. */
async function shortest(making: Making, whole: Float32Array): Promise<number | null> {
  const { subject, judge, signal } = making;
  const flips = async (share: number): Promise<boolean> => {
    const degraded = await subject.apply({ added: whole.map((value) => value * share) }, signal);
    const [outputs] = await ask(subject.context, [degraded.prepared], judge.fetches, signal);
    return judge.flipped(judge.state(outputs as NonNullable<typeof outputs>, degraded));
  };
  let high = 1;
  while (!(await flips(high))) {
    high *= 1.25;
    if (high > 2) return null;
  }
  let low = 0;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (await flips(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The smallest pattern (ℓ₂) that changes a class; a severity is its length in HU over all voxels. */
export const deepfool: Family = {
  id: 'deepfool',
  refusal: (subject) => refusalOf('deepfool', { reads: 'image' }, subject),
  async begin(making) {
    const attacked = attackedOf(making, 'deepfool');
    const rivals = making.judge.rivals?.slice(0, candidates) ?? [];
    if (rivals.length === 0) throw new IsolensError('robustness/needs-class', { family: 'deepfool' });
    const raw = await pattern(attacked, rivals);
    const share = squared(raw) === 0 ? null : await shortest(making, raw);
    const added = share === null ? raw : raw.map((value) => value * share);
    const inHu = added.map((value, v) =>
      (attacked.perHu[v] as number) === 0 ? 0 : value / (attacked.perHu[v] as number),
    );
    const largest = (values: Float32Array): number =>
      values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const l2Hu = Math.sqrt(squared(inHu));
    const touched = attacked.perHu.reduce((count, slope) => count + (slope > 0 ? 1 : 0), 0);
    const found: FoundAttack | null =
      share === null
        ? null
        : {
            severity: l2Hu,
            l2Hu,
            linfHu: largest(inHu),
            rmsHu: l2Hu / Math.sqrt(Math.max(1, touched)),
            l2: Math.sqrt(squared(added)),
            linf: largest(added),
          };
    return {
      found,
      at: (severity) =>
        making.subject.apply(
          { added: l2Hu === 0 ? added : added.map((value) => (value * Number(severity)) / l2Hu) },
          making.signal,
        ),
    };
  },
};
