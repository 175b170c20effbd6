import type { ProblemTable } from './table';

export const robustnessProblems = {
  'robustness/unknown-output': {
    message: {
      en: 'Without a recipe nothing says what an output of {rank} axes means, so no answer can be called changed.',
      fr: 'Sans recette, rien ne dit ce que signifie une sortie à {rank} axes : on ne peut pas dire qu’une réponse change.',
    },
    wayOn: {
      en: 'Give a recipe whose "output" says classification, segmentation or regression.',
      fr: 'Donnez une recette dont « output » dit classification, segmentation ou regression.',
    },
  },
  'robustness/needs-image': {
    message: {
      en: 'The network reads no image, so "{family}" was not tried.',
      fr: 'Le réseau ne lit aucune image : « {family} » n’a pas été essayé.',
    },
    wayOn: {
      en: 'Choose a degradation of what the network reads.',
      fr: 'Choisissez une dégradation de ce que le réseau lit.',
    },
  },
  'robustness/needs-dose': {
    message: {
      en: 'The network reads no dose, so "{family}" was not tried.',
      fr: 'Le réseau ne lit aucune dose : « {family} » n’a pas été essayé.',
    },
    wayOn: {
      en: 'Choose a degradation of what the network reads.',
      fr: 'Choisissez une dégradation de ce que le réseau lit.',
    },
  },
  'robustness/needs-structure': {
    message: {
      en: 'The network reads no contours, so "{family}" was not tried.',
      fr: 'Le réseau ne lit aucun contour : « {family} » n’a pas été essayé.',
    },
    wayOn: {
      en: 'Choose a degradation of what the network reads.',
      fr: 'Choisissez une dégradation de ce que le réseau lit.',
    },
  },
  'robustness/needs-units': {
    message: {
      en: 'Nothing says what the array’s numbers are in HU (or Gy), so "{family}" was not tried.',
      fr: 'Rien ne dit ce que valent les nombres du tableau en UH (ou Gy) : « {family} » n’a pas été essayé.',
    },
    wayOn: {
      en: 'Give a recipe whose channels have "clip" and "scale".',
      fr: 'Donnez une recette dont les canaux ont « clip » et « scale ».',
    },
  },
  'robustness/needs-slices': {
    message: {
      en: 'A single slice has no neighbours, so "{family}" was not tried.',
      fr: 'Une coupe seule n’a pas de voisines : « {family} » n’a pas été essayé.',
    },
    wayOn: { en: 'Give a study or a 3D array.', fr: 'Donnez une étude ou un tableau 3D.' },
  },
  'robustness/needs-modality': {
    message: {
      en: '"{family}" belongs to another modality than the images that the network reads; it was not tried.',
      fr: '« {family} » est propre à une autre modalité que les images lues par le réseau ; il n’a pas été essayé.',
    },
    wayOn: { en: 'Choose a degradation of this modality.', fr: 'Choisissez une dégradation de cette modalité.' },
  },
  'robustness/needs-gradient': {
    message: {
      en: 'No gradient can be had of this network here, so "{family}" was not tried.',
      fr: 'Aucun gradient de ce réseau ne peut être obtenu ici : « {family} » n’a pas été essayé.',
    },
    wayOn: {
      en: 'Run with the native library, on a network whose operations are all known.',
      fr: 'Lancez avec la bibliothèque native, sur un réseau dont toutes les opérations sont connues.',
    },
  },
  'robustness/needs-class': {
    message: {
      en: 'Only a network with classes has a smallest attack, so "{family}" was not tried.',
      fr: 'Seul un réseau à classes a une plus petite attaque : « {family} » n’a pas été essayé.',
    },
    wayOn: { en: 'Choose FGSM or PGD.', fr: 'Choisissez FGSM ou PGD.' },
  },
  'robustness/no-tissue': {
    message: {
      en: 'No soft tissue or water was found in which the noise of the scan could be measured.',
      fr: 'Ni tissu mou ni eau où mesurer le bruit de l’examen.',
    },
    wayOn: { en: 'Choose "ct-noise", with its noise in HU.', fr: 'Choisissez « ct-noise », dont le bruit est en UH.' },
  },
  'robustness/family-failed': {
    message: {
      en: '"{family}" was not tried: {reason}',
      fr: '« {family} » n’a pas été essayé : {reason}',
    },
    wayOn: {
      en: 'The other degradations stand; leave this one out.',
      fr: 'Les autres dégradations restent valables ; retirez celle-ci.',
    },
  },
  'robustness/severities-not-here': {
    message: {
      en: '"{family}" could not be tried as {severities} on this input: it does not hold what those concern.',
      fr: '« {family} » n’a pas pu être essayé comme {severities} sur cette entrée : elle n’a pas ce que cela concerne.',
    },
    wayOn: {
      en: 'Give a study with the images and dose that they change.',
      fr: 'Donnez une étude avec les images et la dose concernées.',
    },
  },
  'robustness/low-dose-optimistic': {
    message: {
      en: 'Low dose is noise added to the image: electronic noise and streaks are missing, so below 10 % of the mAs the result is optimistic.',
      fr: 'La faible dose est un bruit ajouté à l’image : bruit électronique et stries manquent, le résultat est donc optimiste sous 10 % des mAs.',
    },
    wayOn: { en: 'Confirm with a real low-dose scan.', fr: 'Confirmez avec un vrai examen à faible dose.' },
  },
  'robustness/network-units': {
    message: {
      en: 'Nothing says what the array’s numbers are in HU: severities in HU were taken in network units.',
      fr: 'Rien ne dit ce que valent les nombres du tableau en UH : les sévérités en UH ont été prises en unités du réseau.',
    },
    wayOn: {
      en: 'Give a recipe whose channels have "clip" and "scale".',
      fr: 'Donnez une recette dont les canaux ont « clip » et « scale ».',
    },
  },
  'robustness/voxel-units': {
    message: {
      en: 'Nothing says how wide a voxel of the array is: severities in mm were taken in voxels.',
      fr: 'Rien ne dit la largeur d’un voxel du tableau : les sévérités en mm ont été prises en voxels.',
    },
    wayOn: { en: 'Give a recipe with "spacingMm".', fr: 'Donnez une recette avec « spacingMm ».' },
  },
  'robustness/cannot-show': {
    message: {
      en: '"{family}" cannot be shown on this study: the network does not read what it changes.',
      fr: '« {family} » ne peut pas être montré sur cette étude : le réseau ne lit pas ce que cela change.',
    },
    wayOn: { en: 'Choose another degradation.', fr: 'Choisissez une autre dégradation.' },
  },
  'robustness/no-label': {
    message: {
      en: 'The job does not say what this input is ("label"): changes of the answer are known, errors are not.',
      fr: 'Le travail ne dit pas ce qu’est cette entrée (« label ») : les changements de réponse sont connus, pas les erreurs.',
    },
    wayOn: { en: 'Give the input a "label".', fr: 'Donnez un « label » à l’entrée.' },
  },
  'robustness/no-truth': {
    message: {
      en: 'No input has a known truth: accuracy, calibration and confident errors are not given.',
      fr: 'Aucune entrée n’a de vérité connue : ni justesse, ni calibration, ni erreurs assurées.',
    },
    wayOn: {
      en: 'Give labels, or studies with the structures or the plan’s dose.',
      fr: 'Donnez des labels, ou des études avec les structures ou la dose du plan.',
    },
  },
  'robustness/few-for-ece': {
    message: {
      en: 'With {n} judged patients no calibration error is given: below 100 a perfect network would show as much.',
      fr: 'Avec {n} patients jugés, aucune erreur de calibration n’est donnée : sous 100, un réseau parfait en montrerait autant.',
    },
    wayOn: { en: 'Read Brier, NLL and risk–coverage.', fr: 'Lisez Brier, NLL et risque–couverture.' },
  },
} as const satisfies ProblemTable;
