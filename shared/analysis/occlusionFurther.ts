import { z } from 'zod';
import { Figure } from '../result';
import { field } from './definition';

const number = z.number().nullable();

/** With the rest of the body and the outside ten players, whose 1024 coalitions are played exactly. */
const mostStructures = 8;

/** What an occlusion looks at beside its map and verdict; all of it off unless it is asked for. */
export const furtherParameters = {
  structures: z
    .array(z.string().min(1))
    .max(mostStructures)
    .default([])
    .meta(
      field({
        label: { en: 'Structure by structure', fr: 'Structure par structure' },
        help: {
          en: 'Up to eight structures that play against the rest of the body and the outside: Shapley value, necessity, sufficiency and pairs. A voxel in several goes to the first named. Costs at most 2ⁿ passes for each of three fillings, n = structures + 2 (of planes: each).',
          fr: "Jusqu'à huit structures qui jouent contre le reste du corps et l'extérieur : valeur de Shapley, nécessité, suffisance et paires. Un voxel dans plusieurs revient à la première nommée. Coûte au plus 2ⁿ passages pour chacun des trois remplissages, n = structures + 2 (par plan s'il y en a).",
        },
        control: 'structures',
      }),
    ),
  localisation: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Map against structures', fr: 'Carte contre structures' },
        help: {
          en: 'How much of the map lies in each structure, against 199 shifted and mirrored copies of it. No pass more.',
          fr: 'Quelle part de la carte est dans chaque structure, face à 199 copies décalées ou en miroir. Aucun passage de plus.',
        },
        control: 'choice',
      }),
    ),
  profile: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Context profile', fr: 'Profil du contexte' },
        help: {
          en: 'How far around the structure in question the network needs to see: keeps, and hides, all within 0 to 50 mm of it. At most 64 passes (of planes: each).',
          fr: "Jusqu'où le réseau a besoin de voir autour de la structure en question : garde, puis masque, tout jusqu'à 0 à 50 mm d'elle. Au plus 64 passages (par plan s'il y en a).",
        },
        control: 'choice',
      }),
    ),
  dependence: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Dependence matrix', fr: 'Matrice de dépendance' },
        help: {
          en: 'Segmenters: hides one structure after the other (those named above, else those of the labels) and reads every label again outside it. One pass a structure and filling (of planes: each).',
          fr: "Segmentations : masque une structure après l'autre (celles nommées ci-dessus, sinon celles des étiquettes) et relit chaque étiquette hors d'elle. Un passage par structure et remplissage (par plan s'il y en a).",
        },
        control: 'choice',
      }),
    ),
  randomisation: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Random weights', fr: 'Poids aléatoires' },
        help: {
          en: 'The map again with the weights drawn anew, from the output down and all at once, on a coarse part of the lattice: a map that stays the same mirrors the image, not what was learnt.',
          fr: "La carte à nouveau avec des poids retirés au hasard, depuis la sortie puis tous à la fois, sur une partie grossière du réseau de positions : une carte qui ne change pas reflète l'image, non ce qui fut appris.",
        },
        control: 'choice',
      }),
    ),
  randomisationSeeds: z
    .number()
    .int()
    .min(5)
    .max(50)
    .default(5)
    .meta(
      field({
        label: { en: 'Random networks', fr: 'Réseaux aléatoires' },
        help: {
          en: 'How many times the weights are drawn; at least five.',
          fr: 'Combien de fois les poids sont tirés ; cinq au moins.',
        },
        control: 'number',
      }),
    ),
  databaseDistance: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Distance to the database', fr: 'Distance à la base' },
        help: {
          en: 'How far hidden inputs lie from those of the job, by what the last layer reads (Mahalanobis): beyond 99 % of them the filling makes images that the network does not know. For a job over at least five patients.',
          fr: 'À quelle distance les entrées masquées sont de celles du job, selon ce que lit la dernière couche (Mahalanobis) : au-delà de 99 % d’entre elles, le remplissage fait des images que le réseau ne connaît pas. Pour un job sur cinq patients au moins.',
        },
        control: 'choice',
      }),
    ),
};

const playerKinds = ['structure', 'unlabelled', 'outside'] as const;

const Pair = z.strictObject({ a: z.string(), b: z.string(), value: number });

/** The exact game of structures, rest of the body and outside: means over the fillings, in the score's unit. */
export const StructurePlay = z.strictObject({
  players: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(playerKinds),
      cc: number,
      shapley: number,
      /** |Shapley| over Σ|Shapley|. */
      share: number,
      necessity: number,
      sufficiency: number,
      /** Of the Shapley values of the fillings, largest − least. */
      spread: number,
    }),
  ),
  /** Shapley interaction of each pair: what two do together beyond what each does alone. */
  interactions: z.array(Pair),
  /** Score intact − score with everything hidden. */
  effect: number,
  usable: z.boolean(),
  /** Forward passes that were run, of batch entries. */
  passes: z.number().int(),
  fills: z.array(
    z.strictObject({
      fill: z.string(),
      effect: number,
      shapley: z.array(number),
      necessity: z.array(number),
      sufficiency: z.array(number),
    }),
  ),
});
export type StructurePlay = z.infer<typeof StructurePlay>;

/** Over the patients in whom the whole game moves the score. */
export const PlaySummary = z.strictObject({
  usable: z.number().int(),
  players: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(playerKinds),
      n: z.number().int(),
      shapley: Figure,
      share: Figure,
      necessity: Figure,
      sufficiency: Figure,
    }),
  ),
  interactions: z.array(z.strictObject({ a: z.string(), b: z.string(), n: z.number().int(), value: Figure })),
});
export type PlaySummary = z.infer<typeof PlaySummary>;

/** How much of the map lies in each structure, against shifted copies of it. */
export const Localisation = z.strictObject({
  toleranceMm: z.number(),
  structures: z.array(
    z.strictObject({
      name: z.string(),
      /** Share of the body that it takes: what an even map would give. */
      chance: number,
      /** Share of the map's positive part. */
      mass: number,
      /** Share of the strongest voxels, as many as the structure has, that lie in it; null where equal values lie on both sides of the cut. */
      rank: number,
      /** The least and most that it could be, however equal values are ordered. */
      rankBounds: z.tuple([z.number(), z.number()]).nullable(),
      /** 1 where the peak lies within the tolerance; of several equal peaks the share. */
      pointing: number,
      /** Copies that found room in the body. */
      shifts: z.number().int(),
      /** 95th percentile of the copies' mass, and the mean of their pointing. */
      massOfShifts95: number,
      pointingOfShifts: number,
      /** Share of copies (and itself) that reach as much; null with fewer than 50. */
      p: z.strictObject({ mass: number, rank: number, pointing: number }),
      /** p of the mass, corrected over the structures of this input (Benjamini–Hochberg). */
      massQ: number,
    }),
  ),
});
export type Localisation = z.infer<typeof Localisation>;

export const LocalisationSummary = z.array(
  z.strictObject({
    name: z.string(),
    n: z.number().int(),
    chance: Figure,
    mass: Figure,
    rank: Figure,
    pointing: Figure,
    /** Patients with a p, and those of them whose corrected p is at most 0.05. */
    tested: z.number().int(),
    beyondChance: z.number().int(),
  }),
);
export type LocalisationSummary = z.infer<typeof LocalisationSummary>;

/** How far around a structure the network needs to see. */
export const ContextProfile = z.strictObject({
  structure: z.string(),
  /** Score intact − score with everything hidden, mean over the fillings. */
  effect: number,
  usable: z.boolean(),
  /** The least radius from which on keeping all within it gives 0.9 of the effect; null beyond 50 mm, or where the effect is too small. */
  r90Mm: number,
  /** False where the curve had reached 0.9 before and fell again. */
  stays: z.boolean(),
  /** Half of what one output voxel can see, along its longest axis; null where it sees everything. */
  receptiveRadiusMm: number,
  passes: z.number().int(),
  steps: z.array(
    z.strictObject({
      mm: z.number(),
      /** Of the structure at 0, then of the ring that ends here. */
      cc: z.number(),
      /** Share of the effect with all within the radius kept alone, and lost with it hidden alone. */
      keep: number,
      remove: number,
      /** Drop of the score with the ring hidden alone, and per cc of it. */
      ring: number,
      ringPerCc: number,
    }),
  ),
  fills: z.array(z.strictObject({ fill: z.string(), effect: number, keep: z.array(number) })),
});
export type ContextProfile = z.infer<typeof ContextProfile>;

export const ProfileSummary = z.strictObject({
  usable: z.number().int(),
  /** Median of r90 over usable patients; null where half of them or more need over 50 mm. */
  medianR90Mm: number,
  beyond50Mm: z.number().int(),
  steps: z.array(z.strictObject({ mm: z.number(), keep: Figure, remove: Figure, ringPerCc: Figure })),
});
export type ProfileSummary = z.infer<typeof ProfileSummary>;

/** What one label lost with one structure hidden, on the voxels outside what is hidden. */
const Dependence = z.strictObject({
  hidden: z.string(),
  label: z.string(),
  /** The hidden structure is the label's own. */
  own: z.boolean(),
  /** Σp of the label as it was, and how much of that is lost. */
  cc: number,
  ccDrop: number,
  /** 1 − Dice of the label with and without, and 95 % Hausdorff distance between both; null where there is none to compare. */
  diceLoss: number,
  hd95Mm: number,
  /** From what is hidden to the nearest voxel of the label as it was. */
  distanceMm: number,
  /** None of the label's voxels sees a hidden voxel; null where it has none, or where every voxel sees everything. */
  outOfReach: z.boolean().nullable(),
  /** Largest change of p on voxels that see no hidden voxel: must be 0. */
  farChange: number,
});
export type DependenceEntry = z.infer<typeof Dependence>;

/** Row: structure hidden with 3 mm around it; column: label. */
export const DependenceMatrix = z.strictObject({
  fill: z.string(),
  structures: z.array(z.strictObject({ name: z.string(), cc: number })),
  labels: z.array(z.string()),
  /** Half of what one output voxel can see, along its longest axis; null where it sees everything. */
  receptiveRadiusMm: number,
  selfTest: z.strictObject({
    /** Entries with voxels beyond the receptive field, and those whose label lies there whole. */
    entries: z.number().int(),
    outOfReach: z.number().int(),
    /** Largest change there, and what is still taken for 0. */
    largest: number,
    floor: number,
    passed: z.boolean().nullable(),
  }),
  passes: z.number().int(),
  /** Of the first filling. */
  entries: z.array(Dependence),
  fills: z.array(z.strictObject({ fill: z.string(), entries: z.array(Dependence) })),
});
export type DependenceMatrix = z.infer<typeof DependenceMatrix>;

/** Over patients, with the first filling. */
export const DependenceSummary = z.strictObject({
  /** Inputs whose self-test passed, failed, or could not be made. */
  selfTest: z.strictObject({ passed: z.number().int(), failed: z.number().int(), none: z.number().int() }),
  entries: z.array(
    z.strictObject({
      hidden: z.string(),
      label: z.string(),
      own: z.boolean(),
      n: z.number().int(),
      ccDrop: Figure,
      diceLoss: Figure,
      hd95Mm: Figure,
      distanceMm: Figure,
    }),
  ),
});
export type DependenceSummary = z.infer<typeof DependenceSummary>;

const outcomes = ['passed', 'mirrors-the-image', 'undetermined'] as const;

/** The map against maps of networks with random weights. Likeness: |Spearman's ρ| over the positions in the body. */
export const Randomisation = z.strictObject({
  outcome: z.enum(outcomes),
  /** Positions that were looked at again, evenly chosen of those in the body that tested something. */
  positions: z.number().int(),
  of: z.number().int(),
  seeds: z.number().int(),
  /** Networks drawn beside them whose map is the same everywhere: no likeness can be had of those. */
  silent: z.number().int(),
  /** Mean likeness of the map to those of wholly random networks, of each and of them. */
  likeness: number,
  likenesses: z.array(number),
  /** Between maps of two wholly random networks: the 95th percentile over pairs. */
  between95: number,
  /** The likeness must lie below. */
  limit: number,
  /** From the output down: layers drawn anew up to and with `node`, mean likeness over the seeds. */
  cascade: z.array(
    z.strictObject({ node: z.string(), layers: z.number().int(), likeness: number, likenesses: z.array(number) }),
  ),
  /** Laws that the weights were drawn from. */
  laws: z.array(z.strictObject({ law: z.string(), layers: z.number().int(), from: z.enum(['file', 'assumed']) })),
  passes: z.number().int(),
});
export type Randomisation = z.infer<typeof Randomisation>;

export const RandomisationSummary = z.strictObject({
  /** Patients by the outcome of their first input. */
  passed: z.number().int(),
  mirrors: z.number().int(),
  undetermined: z.number().int(),
  likeness: Figure,
  between95: Figure,
  cascade: z.array(z.strictObject({ node: z.string(), layers: z.number().int(), likeness: Figure })),
});
export type RandomisationSummary = z.infer<typeof RandomisationSummary>;

/** How each donor was laid on the patient. */
export const Donors = z.array(
  z.strictObject({
    donor: z.string(),
    /** `body`, or the structure whose middles were laid on each other. */
    alignedBy: z.string(),
    /** From the patient's middle to the donor's, patient axes. */
    shiftMm: z.tuple([z.number(), z.number(), z.number()]),
  }),
);
export type Donors = z.infer<typeof Donors>;

/** What was read of one input: its distances are known once all inputs are done. */
export const DatabaseDistance = z.strictObject({
  /** What the last layer with weights reads, averaged over space. */
  node: z.string(),
  channels: z.number().int(),
  /** Entries as they are, and places hidden with each filling. */
  intact: z.number().int(),
  hidden: z.number().int(),
});

/** Distances of hidden entries from the intact ones of other patients. */
export const DistanceSummary = z.strictObject({
  node: z.string(),
  channels: z.number().int(),
  patients: z.number().int(),
  intact: z.number().int(),
  fills: z.array(
    z.strictObject({
      fill: z.string(),
      n: z.number().int(),
      /** Median distance of the hidden over that of the intact. */
      relative: Figure,
      /** Share of the intact that lie no farther than the median hidden one. */
      percentile: number,
      /** Share of the hidden beyond 99 % of the intact; null with fewer than 100 of those. */
      beyond99: Figure,
    }),
  ),
});
export type DistanceSummary = z.infer<typeof DistanceSummary>;
