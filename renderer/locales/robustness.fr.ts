import type { robustnessEn } from './robustness.en';

/** Les mots du panneau de robustesse. */
export const robustnessFr: Readonly<Record<keyof typeof robustnessEn, string>> = {
  'answer.notRun.robustness': 'Pas encore demandé : jusqu’où dégrader l’entrée avant que la réponse change ?',
  'guide.robustness': 'Méthode : robustesse (en anglais)',
  'help.robustness':
    'L’entrée est dégradée comme elle peut l’être en clinique, de plus en plus, jusqu’à ce que la réponse change ; puis la force à laquelle elle change est resserrée. À gauche l’examen tel qu’acquis, à droite tel que dégradé. « Change » est la première autre réponse, « trompe » la première réponse fausse dont le réseau est sûr ; celle-ci demande une vérité connue. « Non atteint » ne vaut que pour les forces essayées : cela ne dit pas que le réseau est robuste.',
  'start.time.robustness': '5 à 30 min',
  'robustness.run': 'Comment c’est calculé',
  'robustness.running': 'En cours',
  'robustness.look': 'Tel que dégradé',
  'robustness.asAcquired': 'Tel qu’acquis',
  'robustness.degraded': 'Dégradé',
  'robustness.flipped': 'autre réponse',
  'robustness.looking': 'Dégradation de l’entrée…',
  'robustness.nothingShown': 'Choisissez une dégradation que ce réseau lit.',
  'robustness.strength': 'Force',
  'robustness.weaker': 'plus faible',
  'robustness.stronger': 'plus forte',
  'robustness.contours': 'confiance {confidence}, {changed} des voxels changés',
  'robustness.doseChange': 'changement moyen {gray} Gy',
  'robustness.curves': 'À mesure que l’entrée se dégrade',
  'robustness.axis': 'force, en part de la plus grande essayée',
  'robustness.severity': 'sévérité',
  'robustness.severitiesOf': 'Forces de {family}, séparées par des points-virgules',
  'robustness.measure.confidence': 'confiance',
  'robustness.measure.accuracy': 'réponses justes',
  'robustness.measure.confidentWrongRate': 'trompé avec assurance',
  'robustness.measure.dice': 'Dice moyen',
  'robustness.table': 'Plus petite dégradation qui le trompe',
  'robustness.degradation': 'Dégradation',
  'robustness.changes': 'le change à',
  'robustness.fools': 'le trompe à',
  'robustness.median': 'médiane des patients',
  'robustness.tested': 'essayé',
  'robustness.fromTo': '{from} à {to}',
  'robustness.notReached': 'non atteint',
  'robustness.notTested': 'non essayé',
  'robustness.inPatients': '{severity} ({k} sur {n})',
  'robustness.onlyTried': 'Seulement ce qui a été essayé, une dégradation à la fois. Une ligne la montre au-dessus.',
  'robustness.noTruth':
    'Sans vérité connue, seuls les changements de réponse sont dits. Une ligne la montre au-dessus.',
  'robustness.clean.n': 'Patients',
  'robustness.clean.accuracyHelp':
    'Part des patients dont l’entrée intacte reçoit une réponse juste, avec son intervalle exact à 95 %.',
  'robustness.clean.wrongHelp':
    'Part des patients à réponse fausse donnée avec une confiance d’au moins τ ; aucun sur n en laisse environ 3/n possibles.',
  'robustness.clean.ece': 'Erreur de calibration (bande)',
  'robustness.clean.eceHelp':
    'Écart moyen entre confiance et justesse ; entre parenthèses ce qu’un réseau parfaitement calibré montrerait par hasard.',
  'robustness.clean.brierHelp':
    'Écart quadratique des probabilités à la vérité, sommé sur les classes : 0 est parfait, 2 le pire.',
  'robustness.clean.nllHelp': 'Moyenne de −ln de la probabilité donnée à la vérité.',
  'robustness.clean.aurc': 'Aire risque–couverture',
  'robustness.clean.aurcHelp':
    'Part moyenne de réponses fausses parmi les plus sûres : petite quand le réseau sait qu’il se trompe.',
};
