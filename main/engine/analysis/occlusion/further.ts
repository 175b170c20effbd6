import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context, OpenInput } from '../analysis';
import { choicesOf, latticeOn, regionOf } from './cost';
import { dependenceCost } from './dependence';
import { dependenceInquiry, hiddenNames } from './dependenceInquiry';
import { distanceCost, distanceInquiry } from './distanceInquiry';
import type { FurtherSetting, Inquiries } from './inquiry';
import { playInquiry } from './playInquiry';
import { structureInQuestion } from './players';
import { profileCost } from './profile';
import { profileInquiry } from './profileInquiry';
import { randomisationCost } from './randomisation';
import { randomisationInquiry } from './randomisationInquiry';
import { entriesIn } from './region';
import { playCost } from './structurePlay';

/** What the parameters ask for beside map and verdict, with what cannot be had of this input. */
export function inquiriesOf(setting: FurtherSetting): Inquiries {
  const asked = [
    playInquiry(setting),
    profileInquiry(setting),
    dependenceInquiry(setting),
    randomisationInquiry(setting),
    distanceInquiry(setting),
  ];
  return { inquiries: asked.flatMap((one) => one.inquiries), warnings: asked.flatMap((one) => one.warnings) };
}

interface Cost {
  readonly passes: number;
  readonly seconds: number;
}

/** What all of it will cost at most, before it is known which structures are there. */
export function furtherAhead(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
  setting: { readonly prepared: PreparedInput; readonly window: readonly number[] },
): Cost {
  const { structures, channels, profile, dependence, randomisation, databaseDistance } = parameters;
  if (!input.prepared.grid) return { passes: 0, seconds: 0 };
  const entries = (): number => entriesIn(input, context, regionOf(parameters));
  const hiding = { ...setting, channels };
  const rows = hiddenNames(parameters, context).length;
  const costs: readonly Cost[] = [
    ...(structures.length > 0 ? [playCost(structures.length + 2, entries(), hiding)] : []),
    ...(profile && structureInQuestion(parameters, context) ? [profileCost(entries(), hiding)] : []),
    ...(dependence ? [dependenceCost(rows, choicesOf(parameters), hiding)] : []),
    ...(randomisation
      ? [randomisationCost(latticeOn(input.prepared, context, parameters), context.network, parameters, hiding)]
      : []),
    ...(databaseDistance ? [distanceCost(latticeOn(input.prepared, context, parameters), parameters, hiding)] : []),
  ];
  return {
    passes: costs.reduce((sum, { passes }) => sum + passes, 0),
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
