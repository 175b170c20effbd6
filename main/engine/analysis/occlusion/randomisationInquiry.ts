import { warningOf } from '../../../../shared/warning';
import { nothingToAsk, type FurtherSetting, type Inquiries, type Inquiry } from './inquiry';
import { randomisationCost, randomised } from './randomisation';

/** Whether the map outlives the weights. */
export function randomisationInquiry(setting: FurtherSetting): Inquiries {
  const { analysis, parameters, prepared, anatomy, on, secondsAPass, signal } = setting;
  if (!parameters.randomisation || !prepared.toTensor) return nothingToAsk;
  if (!analysis.network.withWeights)
    return { inquiries: [], warnings: [warningOf('analysis/weights-cannot-be-drawn')] };
  const { passes } = randomisationCost(on, analysis.network, parameters, setting);
  if (passes === 0) return { inquiries: [], warnings: [warningOf('analysis/weights-cannot-be-drawn')] };
  const body = prepared.toTensor(anatomy.body);
  const { seed, randomisationSeeds: seeds } = parameters;
  const inquiry: Inquiry = {
    seconds: passes * secondsAPass,
    async *run(mapped) {
      const running = randomised({ mapped, on, body, memoryBytes: analysis.memoryBytes, seed, seeds, signal });
      let step = await running.next();
      for (; !step.done; step = await running.next()) yield step.value;
      const { randomisation, stopped } = step.value;
      return { found: randomisation ? { randomisation } : {}, stopped };
    },
  };
  return { inquiries: [inquiry], warnings: [] };
}
