import { addedTo, attackedOf } from '../attack';
import { refusalOf, type Family } from '../family';

/** One step against the sign of the margin's slope. Source: Goodfellow 2015, section 4. */
export const fgsm: Family = {
  id: 'fgsm',
  refusal: (subject) => refusalOf('fgsm', { reads: 'image' }, subject),
  async begin(making) {
    const attacked = attackedOf(making, 'fgsm');
    const { clean, perHu } = attacked;
    const { gradient } = await attacked.slope(clean);
    return {
      at: (severity) => {
        const moved = clean.map(
          (value, v) => value - Number(severity) * (perHu[v] as number) * Math.sign(gradient[v] as number),
        );
        return making.subject.apply({ added: addedTo(clean, moved) }, making.signal);
      },
    };
  },
};
