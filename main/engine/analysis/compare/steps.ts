import type { Crossing, Step } from '../../../../shared/analysis/compareSteps';
import { countsOf, countedNodes, eventOf, isGone, type ComparedMaps, type Silences } from './channels';

/** *Source* methods §1.1, too high learning rate. */
const fifth = 0.2;
const none: Crossing = { stillDead: 0, awakened: 0, killed: 0, stillAlive: 0 };
const nobody = new Map<string, Uint8Array>();

const added = (a: Crossing, b: Crossing): Crossing => ({
  stillDead: a.stillDead + b.stillDead,
  awakened: a.awakened + b.awakened,
  killed: a.killed + b.killed,
  stillAlive: a.stillAlive + b.stillAlive,
});

function crossingOf(
  node: string,
  channels: number,
  from: ComparedMaps,
  to: ComparedMaps,
  silences: Silences,
): Crossing {
  const [before, after] = [from.nodeFor(node), to.nodeFor(node)];
  const [own, theirs] = [from.layers.get(before ?? '')?.channels, to.layers.get(after ?? '')?.channels];
  let crossing = none;
  if (before === undefined || after === undefined || !own || !theirs) return crossing;
  const silentBefore = silences.get(from.name)?.of(before) ?? nobody;
  const silentAfter = silences.get(to.name)?.of(after) ?? nobody;
  for (let channel = 0; channel < channels; channel++) {
    const [then, now] = [own[channel]?.status, theirs[channel]?.status];
    if (then === undefined || now === undefined) continue;
    const event = eventOf(then, now, countsOf(silentBefore, silentAfter, channel));
    const key = event ?? (isGone(then) ? 'stillDead' : 'stillAlive');
    crossing = { ...crossing, [key]: crossing[key] + 1 };
  }
  return crossing;
}

/** Every two networks that follow each other in the job's order: what fell silent and woke between them, judged on the same patients. */
export function stepsOf(reference: ComparedMaps, all: readonly ComparedMaps[], silences: Silences): Step[] {
  const counted = [...countedNodes(reference.layers.values())];
  return all.slice(1).flatMap((to, at): Step[] => {
    const from = all[at];
    if (!from) return [];
    const layers = counted.map(([filters, { node, channels }]) => ({
      filters,
      ...crossingOf(node, channels.length, from, to, silences),
    }));
    return [
      {
        from: from.name,
        to: to.name,
        filters: layers.reduce<Crossing>(added, none),
        layers,
        together: layers
          .filter(({ killed, stillAlive }) => killed > 0 && killed >= fifth * (killed + stillAlive))
          .map(({ filters }) => filters),
      },
    ];
  });
}
