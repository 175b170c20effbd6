import { bodyOf, paintBody } from './body';
import type { Canvas } from './canvas';
import { chestOf } from './chest';
import { craniumOf } from './cranium';
import { paintFace } from './face';
import { glandsOf } from './gland';
import { jawOf } from './jaw';
import { paintMediastinum, paintMuscles } from './muscle';
import type { Person } from './person';
import { common, grown, without, type Shape } from './shape';
import { spineOf, type Spine } from './spine';
import { targetsOf, type Target, type TargetFacts } from './target';
import { throatOf } from './throat';

/** Something that is contoured. Names are TG-263's where it has one. */
export interface Organ {
  readonly name: string;
  /** RT ROI Interpreted Type. */
  readonly type: 'EXTERNAL' | 'ORGAN' | 'PTV';
  readonly colour: readonly [number, number, number];
  readonly shape: Shape;
}

/** A whole person as shapes: what is contoured, and how the scan is painted. */
export interface Anatomy {
  readonly body: Shape;
  readonly spine: Spine;
  readonly organs: readonly Organ[];
  readonly targets: readonly Target[];
  readonly facts: {
    readonly target: TargetFacts;
    readonly teeth: number;
    readonly metal: boolean;
    readonly parotidHU: number;
    readonly jawDropMm: number;
  };
  /** Paints everything; what lies across the skin is for the scan to cut. */
  readonly paint: (canvas: Canvas, told: (share: number) => Promise<void>) => Promise<void>;
}

const targetColours = { PTV_7000: [255, 0, 0], PTV_6300: [200, 80, 255], PTV_5600: [60, 90, 255] } as const;

export function anatomyOf(person: Person): Anatomy {
  const body = bodyOf(person);
  const spine = spineOf(person);
  const cranium = craniumOf(person, spine, body);
  const jaw = jawOf(person);
  const glands = glandsOf(person, body, jaw);
  const throat = throatOf(person, spine);
  const chest = chestOf(person, spine, body);
  const { targets, facts } = targetsOf(person, { body, spine, lungs: chest.lungs });

  const organ = (name: string, colour: Organ['colour'], shape: Shape): Organ => {
    return { name, type: 'ORGAN', colour, shape: common(shape, body) };
  };
  const organs: Organ[] = [
    { name: 'BODY', type: 'EXTERNAL', colour: [0, 200, 80], shape: body },
    organ(
      'Brain',
      [255, 170, 200],
      without(cranium.brain, 0, spine.spinalCord, cranium.eyeLeft, cranium.eyeRight, jaw.mandible),
    ),
    organ('Brainstem', [0, 255, 255], cranium.brainstem),
    organ('SpinalCord', [255, 255, 0], spine.spinalCord),
    organ('SpinalCanal', [190, 190, 60], without(spine.canal, 0, cranium.brainstem)),
    organ('Eye_L', [120, 200, 255], cranium.eyeLeft),
    organ('Eye_R', [60, 150, 255], cranium.eyeRight),
    organ('Parotid_L', [64, 255, 64], glands.parotidLeft),
    organ('Parotid_R', [255, 96, 64], glands.parotidRight),
    organ('Glnd_Submand_L', [150, 230, 120], without(glands.submandibularLeft, 0, glands.parotidLeft)),
    organ('Glnd_Submand_R', [230, 150, 120], without(glands.submandibularRight, 0, glands.parotidRight)),
    organ('Larynx', [255, 0, 255], throat.larynx),
    organ('Esophagus', [165, 105, 60], without(throat.oesophagus, 0, throat.larynx, throat.airway)),
    organ('Airway', [140, 220, 230], throat.airway),
    organ('Bone_Mandible', [255, 165, 0], jaw.mandible),
    ...(jaw.allTeeth === null ? [] : [organ('Teeth', [240, 240, 220], jaw.allTeeth)]),
    organ('Skull', [215, 205, 170], without(cranium.skull, 0, grown(jaw.mandible, 0))),
    organ('Vertebrae', [200, 185, 140], spine.vertebrae),
    ...targets.map(({ name, shape }): Organ => ({
      name,
      type: 'PTV',
      colour: targetColours[name],
      shape: common(shape, body),
    })),
  ];
  return {
    body,
    spine,
    organs,
    targets,
    facts: {
      target: facts,
      teeth: jaw.teeth.length,
      metal: jaw.metal,
      parotidHU: glands.parotidHU,
      jawDropMm: jaw.dropMm,
    },
    paint: async (canvas, told) => {
      canvas.values.fill(-1000);
      const layers = [
        () => {
          paintBody(canvas, person, body);
        },
        () => {
          paintMediastinum(canvas, person);
        },
        () => {
          paintMuscles(canvas, person, spine, body);
        },
        () => {
          chest.paint(canvas);
        },
        () => {
          glands.paint(canvas);
        },
        () => {
          throat.paint(canvas);
        },
        () => {
          cranium.paint(canvas);
        },
        () => {
          paintFace(canvas, person, body, jaw);
        },
        () => {
          spine.paint(canvas);
        },
        () => {
          jaw.paint(canvas);
          throat.paintAir(canvas);
          jaw.paintStreaks(canvas, body);
        },
      ];
      for (const [n, lay] of layers.entries()) {
        lay();
        await told((n + 1) / layers.length);
      }
    },
  };
}
