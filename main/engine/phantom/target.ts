import { clamp, curve } from './curve';
import type { Person } from './person';
import { randomOf } from './random';
import type { Spine } from './spine';
import { common, ellipsoid, grown, smoothUnion, tube, without, type Shape } from './shape';

/** One dose level: what is to be given, and where. Levels never overlap. */
export interface Target {
  readonly name: 'PTV_7000' | 'PTV_6300' | 'PTV_5600';
  readonly prescriptionGy: 70 | 63 | 56;
  readonly shape: Shape;
}

export interface TargetFacts {
  readonly side: 'left' | 'right';
  readonly site: 'skull base' | 'oropharynx';
  readonly node: boolean;
}

/** Where the targets may lie: under the skin, clear of cord, vertebrae and lungs. */
export interface TargetBounds {
  readonly body: Shape;
  readonly spine: Spine;
  readonly lungs: Shape;
}

export function targetsOf(
  person: Person,
  { body, spine, lungs }: TargetBounds,
): { readonly targets: readonly Target[]; readonly facts: TargetFacts } {
  const random = randomOf(person.seed, 'target');
  const side = random.chance(0.5) ? 1 : -1;
  const high = random.chance(0.2);
  const r = 33 * Math.exp(0.3 * random.bounded(1.6));
  const primary = ellipsoid(
    [side * 9 + 6 * random.bounded(2), (high ? -24 : -19) + 7 * random.bounded(2), high ? random.between(0, 26) : -33 + 11 * random.bounded(2)],
    [r * 1.05, r * 0.98, r * (high ? 1 : 1.25)],
  ); // prettier-ignore
  const node = random.chance(0.8);
  const lump = ellipsoid(
    [side * 38, 8, -46 + 12 * random.bounded(2)],
    [20 * Math.exp(0.2 * random.bounded(2)), 23, 38],
  );
  const gross = node ? smoothUnion(8, primary, lump) : primary;

  const size = 0.9 + 0.2 * random.bounded(2);
  const low = random.chance(1 / 3) ? -167 : clamp(-148 + 12 * random.bounded(2), -168, -120);
  const chain = (sign: 1 | -1): Shape =>
    tube(
      low,
      24 - (sign === side ? 0 : 9),
      {
        u: curve([-168, sign * 33], [-150, sign * 37], [-122, sign * 39], [-100, sign * 36], [-60, sign * 39], [-25, sign * 40], [22, sign * 38]), // prettier-ignore
        v: curve([-168, 30], [-150, 30], [-122, 20], [-100, 12], [-60, 6], [-25, 4], [22, 8]),
        ru: (w) => curve([-150, 22], [-122, 21], [-100, 17], [-60, 17], [-25, 15], [22, 12])(w) * size,
        rv: (w) => curve([-150, 18], [-122, 19], [-100, 18], [-60, 20], [-25, 20], [22, 13])(w) * size,
      },
      6,
    );
  const near = chain(side);
  const other = chain(-side as 1 | -1);
  // Level VI: the nodes beside the windpipe, in front of the oesophagus.
  const paratracheal = tube(
    low,
    -88,
    {
      u: () => 0,
      v: (w) => spine.cord(w) - curve([-170, 52], [-125, 47], [-95, 44])(w),
      ru: curve([-170, 24], [-120, 25], [-90, 20]),
      rv: curve([-170, 15], [-120, 16], [-90, 13]),
    },
    8,
  );
  const sixth = random.chance(0.6);
  const nodes = sixth ? smoothUnion(6, near, other, paratracheal) : smoothUnion(2, near, other);
  const around = grown(gross, 4 + 2 * Math.abs(random.bounded(2)));
  const cut: Shape = { low: [-200, -200, -108], high: [200, 200, 60], at: (w) => () => Math.max(-108 - w, w - 60) };
  const middleDose = smoothUnion(3, around, common(grown(near, -4), cut));

  const allowed = (shape: Shape): Shape => {
    const inside = without(common(shape, grown(body, -5)), 11, spine.spinalCord);
    return without(without(inside, 1, spine.vertebrae), 3, lungs);
  };
  const cordClear: Shape = {
    low: [-24, -200, -300],
    high: [24, 220, 14],
    at: (w) => {
      const c = spine.cord(w);
      return w > 14 ? () => 50 : (u, v) => Math.max(Math.abs(u) - 24, c - 4 - v);
    },
  };
  const bounded = (shape: Shape): Shape => without(allowed(shape), 0, cordClear);
  const seventy = bounded(gross);
  const targets: Target[] = [{ name: 'PTV_7000', prescriptionGy: 70, shape: seventy }];
  if (random.chance(0.52)) {
    const sixtyThree = without(bounded(middleDose), 0, gross);
    targets.push({ name: 'PTV_6300', prescriptionGy: 63, shape: sixtyThree });
    targets.push({ name: 'PTV_5600', prescriptionGy: 56, shape: without(bounded(nodes), 0, gross, middleDose) });
  } else {
    targets.push({
      name: 'PTV_5600',
      prescriptionGy: 56,
      shape: without(bounded(smoothUnion(3, nodes, around)), 0, gross),
    });
  }
  return {
    targets,
    facts: { side: side === 1 ? 'left' : 'right', site: high ? 'skull base' : 'oropharynx', node },
  };
}
