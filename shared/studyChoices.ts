import { z } from 'zod';

/** What the user chose where a study leaves a choice; without it the rules of linking choose. UIDs of SOP instances. */
export const StudyChoices = z.strictObject({
  structureSet: z.string().optional(),
  dose: z.string().optional(),
  /** Structure sets and doses that the user lays over the images although their frame of reference is another one. */
  framesAccepted: z.array(z.string()).optional(),
});
export type StudyChoices = z.infer<typeof StudyChoices>;
