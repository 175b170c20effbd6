import { addedTo, attackedOf, type Attacked } from '../attack';
import { refusalOf, type Family } from '../family';
import { mixed, uniforms } from '../gaussian';

const steps = 40;
/** Of a step, as a share of ε over the steps. */
const stride = 2.5;
/** Starts: the clean input, then anywhere within ε. A segmenter's or dose network's score has no end to reach; one start must do. */
const restarts = 5;

/** The worst input within ε HU that steepest steps of the margin find. Source: Madry 2018, section 2.1. */
export async function worstWithin(attacked: Attacked, hu: number, seed: number, starts: number): Promise<Float32Array> {
  const { clean, perHu } = attacked;
  let best: { readonly value: number; readonly at: Float32Array } = { value: await attacked.value(clean), at: clean };
  for (let start = 0; start < starts; start++) {
    const uniform = uniforms(mixed(seed, start));
    let at: Float32Array =
      start === 0 ? clean.slice() : clean.map((value, v) => value + hu * (perHu[v] as number) * (2 * uniform() - 1));
    for (let step = 0; step < steps; step++) {
      const { value, gradient } = await attacked.slope(at);
      if (value < best.value) best = { value, at };
      // Below zero the answer is another one: what is left would only make it surer.
      if (starts > 1 && best.value < 0) return best.at;
      const length = (stride * hu) / steps;
      const next = attacked.within(
        at.map((own, v) => own - length * (perHu[v] as number) * Math.sign(gradient[v] as number)),
        hu,
      );
      // In a corner that the slope points into, nothing moves any more.
      if (next.every((own, v) => own === at[v])) break;
      at = next;
    }
    const value = await attacked.value(at);
    if (value < best.value) best = { value, at };
    if (starts > 1 && best.value < 0) return best.at;
  }
  return best.at;
}

/** Projected steps within ±ε HU, by the margin and not by its vanishing cross-entropy. */
export const pgd: Family = {
  id: 'pgd',
  refusal: (subject) => refusalOf('pgd', { reads: 'image' }, subject),
  begin(making) {
    const attacked = attackedOf(making, 'pgd');
    const starts = making.judge.kind === 'classification' ? restarts : 1;
    return Promise.resolve({
      at: async (severity) => {
        const at = await worstWithin(attacked, Number(severity), making.seed, starts);
        return making.subject.apply({ added: addedTo(attacked.clean, at) }, making.signal);
      },
    });
  },
};
