import { problemOf } from '../../../../shared/problem/problem';
import { warningOf } from '../../../../shared/warning';
import { maskOf } from '../../volume/mask';
import { countedEntries } from './coalitions';
import { nothingToAsk, type FurtherSetting, type Inquiries, type Inquiry } from './inquiry';
import { structureInQuestion } from './players';
import { profileAround, profileCost, ringsAround } from './profile';
import { radiusMm } from './reach';
import { structureOf } from './region';

/** How far around the structure in question the network needs to see. */
export function profileInquiry(setting: FurtherSetting): Inquiries {
  const { input, analysis, parameters, prepared, secondsAPass } = setting;
  const { grid } = prepared;
  if (!parameters.profile || !grid || !prepared.toTensor) return nothingToAsk;
  const question = structureInQuestion(parameters, analysis);
  if (!question) return { inquiries: [], warnings: [warningOf('analysis/profile-without-structure')] };
  let rings;
  try {
    const structure = structureOf(input, analysis, question.name);
    rings = ringsAround(structure.name, maskOf(structure, grid), grid, prepared.toTensor.bind(prepared));
  } catch (thrown) {
    const { code, facts } = problemOf(thrown);
    return { inquiries: [], warnings: [warningOf(code, facts)] };
  }
  // Nothing that is kept hides the structure: its own label is read in it, and there alone.
  const reader = setting.readers(question.ownLabel ? rings.of.map((player) => (player === 0 ? 0 : 1)) : null);
  const entries = countedEntries({ prepared, reader }).length;
  if (entries === 0)
    return { inquiries: [], warnings: [warningOf('analysis/empty-region', { region: rings.structure })] };
  const { passes, seconds } = profileCost(entries, setting);
  const { network, memoryBytes } = analysis;
  const receptiveRadiusMm = radiusMm(network, reader.fetch.node, prepared, setting.stackMm);
  const own = { network, memoryBytes, players: rings, reader, ownLabel: question.ownLabel, receptiveRadiusMm };
  const inquiry: Inquiry = {
    seconds: passes * secondsAPass + seconds,
    async *run({ floor }) {
      const running = profileAround({ ...setting, ...own }, floor);
      let step = await running.next();
      for (; !step.done; step = await running.next()) yield step.value;
      const { profile, stopped } = step.value;
      return { found: profile ? { profile } : {}, stopped };
    },
  };
  return { inquiries: [inquiry], warnings: [] };
}
