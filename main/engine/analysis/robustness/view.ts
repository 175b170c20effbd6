import { CleanState, robustness, type RobustnessValues } from '../../../../shared/analysis/robustness';
import type { FamilyId, Severity } from '../../../../shared/analysis/robustnessFamilies';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Volume } from '../../../../shared/volume';
import type { Context, OpenInput } from '../analysis';
import { ask } from './ask';
import { physicalVolume } from './degraded';
import type { Degrading } from './family';
import type { Judge } from './judge';
import { judgeOf } from './judgeOf';
import { familyOf } from './list';
import type { Subject } from './subject';
import { subjectOf } from './subjectOf';

/** What the window looks at: one degradation of one input. */
export interface Look {
  readonly family: FamilyId;
  readonly severity: Severity;
  readonly seed: number;
  readonly move: 'all' | 'image';
}

export interface Seen {
  /** The first image channel in its own unit, on the recipe's grid; null for what has no place. */
  readonly volume: Volume<Float32Array> | null;
  readonly clean: RobustnessValues['clean'];
  readonly state: RobustnessValues['clean'];
  readonly flipped: boolean;
}

/** Degrades one input again and again; what was drawn for one family and seed is kept until another is asked for. */
export interface Viewer {
  look(look: Look, signal: AbortSignal): Promise<Seen>;
}

/** *Problems* those of the family's needs, and of the judge. */
export async function viewerOf(input: OpenInput, context: Context, signal: AbortSignal): Promise<Viewer> {
  const subject: Subject = await subjectOf(input, context);
  const judge: Judge = await judgeOf(context, input, robustness.parameters.parse({}), async (fetches) => {
    const [outputs] = await ask(context, [input.prepared], fetches, signal);
    return outputs as NonNullable<typeof outputs>;
  });
  let held: { readonly key: string; readonly degrading: Degrading } | null = null;
  return {
    async look({ family: id, severity, seed, move }, own) {
      const family = familyOf(id);
      const refusal = family.refusal(subject);
      if (refusal !== null || family.admits?.(subject, severity) === false)
        throw new IsolensError('robustness/cannot-show', { family: id });
      const key = `${id} ${String(seed)} ${move}`;
      if (held?.key !== key) held = { key, degrading: await family.begin({ subject, seed, judge, move, signal: own }) };
      const degraded = await held.degrading.at(severity);
      const [outputs] = await ask(context, [degraded.prepared], judge.fetches, own);
      const state = judge.state(outputs as NonNullable<typeof outputs>, degraded);
      return {
        volume: degraded.prepared.grid === null ? null : physicalVolume(degraded.prepared),
        clean: CleanState.parse(judge.clean),
        state: CleanState.parse(state),
        flipped: judge.flipped(state),
      };
    },
  };
}
