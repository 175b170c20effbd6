import type { HiddenPlace } from '../network';
import type { Box } from './box';
import type { Cost, CostModel } from './cost';
import { isView, type Program } from './program';
import type { Sizes } from './running';
import { boxFinder, type StepBoxes } from './stepBoxes';

/** Places whose boxes have equal sizes at every step: they run together, wherever the boxes lie. */
export interface SizeClass {
  readonly sizes: Sizes;
  /** For each step, whether it runs on the difference to the intact input. */
  readonly delta: readonly boolean[];
  readonly cost: Cost;
  /** Numbers of the places, as they were asked for, rising. */
  readonly places: Int32Array;
  /** For each step, where the box of each place starts, place by place and axis by axis; null where nothing is recomputed. */
  readonly starts: readonly (Int32Array | null)[];
}

export interface Plan {
  readonly classes: readonly SizeClass[];
  /** Places that cannot reach what is asked for. */
  readonly idle: readonly number[];
  /** Of all classes together. */
  readonly seconds: number;
  readonly macs: number;
}

interface Member {
  readonly place: number;
  readonly boxes: StepBoxes;
}

interface Group {
  readonly sizes: Int32Array;
  readonly cost: Cost;
  readonly seconds: number;
  readonly members: readonly Member[];
}

/** Boxes of every place, in classes of equal sizes, of which some are joined where the cost model says that this saves time. */
export function planOf(
  program: Program,
  demanded: readonly (Box | null)[],
  places: readonly Pick<HiddenPlace, 'box'>[],
  costs: CostModel,
): Plan {
  const find = boxFinder(program, demanded);
  const alike = new Map<string, Member[]>();
  const idle: number[] = [];
  places.forEach(({ box }, place) => {
    const boxes = find(box);
    if (boxes.sizes[3 * program.target] === 0) {
      idle.push(place);
      return;
    }
    const members = alike.get(boxes.key);
    if (members) members.push({ place, boxes });
    else alike.set(boxes.key, [{ place, boxes }]);
  });
  const exact = [...alike.values()].map((members) => groupOf(costs, members[0]!.boxes.sizes, members));
  const classes = joinedGroups(exact, costs).map((own) => placed(program, demanded, own, costs));
  const seconds = classes.reduce((sum, { cost, places: own }) => sum + costs.seconds(cost, own.length), 0);
  const macs = classes.reduce((sum, { cost, places: own }) => sum + cost.macs * own.length, 0);
  return { classes, idle, seconds, macs };
}

function groupOf(costs: CostModel, sizes: Int32Array, members: readonly Member[]): Group {
  const cost = costs.of(sizes);
  return { sizes, cost, seconds: costs.seconds(cost, members.length), members };
}

const larger = (a: Int32Array, b: Int32Array): Int32Array => a.map((n, at) => Math.max(n, b[at]!));

/** The smallest groups look for a partner first: boxes may always grow, the cells around come out as they were. */
function joinedGroups(groups: readonly Group[], costs: CostModel): readonly Group[] {
  const open = [...groups].sort((a, b) => a.members.length - b.members.length);
  const done: Group[] = [];
  for (let own = open.shift(); own; own = open.shift()) {
    const partner = bestPartner(own, [...open, ...done], costs);
    if (!partner) {
      done.push(own);
      continue;
    }
    for (const list of [open, done]) if (list.includes(partner)) list.splice(list.indexOf(partner), 1);
    const joined = groupOf(costs, larger(own.sizes, partner.sizes), [...own.members, ...partner.members]);
    const after = open.findIndex(({ members }) => members.length >= joined.members.length);
    open.splice(after < 0 ? open.length : after, 0, joined);
  }
  return done;
}

/** The group that it saves most to run together with; null where none saves anything. */
function bestPartner(own: Group, others: readonly Group[], costs: CostModel): Group | null {
  let most = 1e-9;
  let best: Group | null = null;
  for (const other of others) {
    const together = costs.of(larger(own.sizes, other.sizes));
    const seconds = costs.seconds(together, own.members.length + other.members.length);
    const gain = own.seconds + other.seconds - seconds;
    if (gain <= most) continue;
    most = gain;
    best = other;
  }
  return best;
}

/** Boxes of the class's size over the needed ones, moved to stay within what is demanded. */
function placed(
  program: Program,
  demanded: readonly (Box | null)[],
  { sizes: flat, cost, members }: Group,
  costs: CostModel,
): SizeClass {
  const sorted = [...members].sort((a, b) => a.place - b.place);
  const sizes = program.steps.map(({ index, sizes: own }) =>
    flat[3 * index] === 0 ? null : Array.from(flat.subarray(3 * index + 3 - own.length, 3 * index + 3)),
  );
  const starts = sizes.map((own, step) => {
    const within = demanded[step];
    if (!own || !within) return null;
    const rank = own.length;
    const all = new Int32Array(sorted.length * rank);
    sorted.forEach(({ boxes }, n) => {
      const has = boxes.sizes[3 * step] !== 0;
      for (let a = 0; a < rank; a++) {
        const from = has ? boxes.starts[3 * step + 3 - rank + a]! : within.start[a]!;
        all[n * rank + a] = Math.max(within.start[a]!, Math.min(from, within.end[a]! - own[a]!));
      }
    });
    return all;
  });
  const delta = program.steps.map(({ index }) => costs.deltaPays(index, flat));
  return { sizes, delta, cost, places: Int32Array.from(sorted, ({ place }) => place), starts };
}

/** The first step whose whole map is recomputed for most places, as it mixes all of what it reads. */
export function wholeFrom(program: Program, { classes }: Plan): string | null {
  const largest = classes.reduce<SizeClass | null>(
    (most, own) => (most && most.places.length >= own.places.length ? most : own),
    null,
  );
  if (!largest) return null;
  const step = program.steps.find((own) => {
    const sizes = largest.sizes[own.index];
    if (own.work.kind !== 'whole' || isView(own) || own.sizes.length === 0 || !sizes) return false;
    return sizes.every((n, axis) => n === own.sizes[axis]) && sizes.some((n) => n > 1);
  });
  return step?.node.name ?? null;
}
