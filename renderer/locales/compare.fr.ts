import type { compareEn } from './compare.en';

/** Les mots de la comparaison. */
export const compareFr: Record<keyof typeof compareEn, string> = {
  'answer.notRun.compare': 'Pas encore demandé : qu’est-ce qui a changé entre ces réseaux ?',
  'guide.compare': 'Méthode : comparer',
  'help.compare':
    'Le réseau de droite est comparé aux autres réseaux ouverts, sur les études cochées. Le tableau apparie chaque mesure sur les mêmes patients : ▲ changé au-delà du hasard (Holm), ● identique à sa marge près, ○ ni l’un ni l’autre n’est montré, ? trop peu de patients pour conclure. Le second tableau dit où : de combien les poids ont bougé, combien de filtres sont devenus muets (✕), et à quel point la couche répond de même (CKA ; en gris dans ce que donne le hasard). La bande montre l’étude ouverte à travers chaque réseau, à la coupe du réticule ; cliquez pour en poser une sur l’image. Un entraînement chacun ne dit rien d’une cause : réapprendre suffit à changer un réseau.',
  'start.time.compare': '2 à 20 min',
  'compare.run': 'Ce qui est comparé',
  'compare.running': 'Calcul en cours',
  'compare.against': 'Comparé à {name} :',
  'compare.noOthers': 'Un seul réseau : rien à quoi le comparer.',
  'compare.noOthersDetail': 'Ouvrez-en un second : un autre point de sauvegarde, ou le même réseau entraîné autrement.',
  'compare.whatChanged': 'Ce qui a changé',
  'compare.where': 'Où le réseau a changé',
  'compare.film': 'Un patient à travers les réseaux',
  'compare.reference': 'référence',
  'compare.measure': 'Mesure',
  'compare.change': 'Changement',
  'compare.holm': 'p (Holm)',
  'compare.killed': 'Filtres devenus muets',
  'compare.awakened': 'Filtres réveillés',
  'compare.undecided': 'trop peu',
  'compare.layer': 'Couche',
  'compare.distance': 'Poids déplacés',
  'compare.distanceHelp': 'Distance des poids à ceux de la référence, rapportée à leur taille.',
  'compare.ckaHelp':
    'À quel point la couche répond de même aux mêmes patients : 1 identique à une rotation près, 0 sans rapport. Au moins 4 patients.',
  'compare.chance': 'Par hasard jusqu’à {value}',
  'compare.verdict.changed': 'Changé au-delà du hasard, corrigé du nombre de tests.',
  'compare.verdict.same': 'Identique à la marge près (deux tests unilatéraux).',
  'compare.verdict.open': 'Ni un changement ni son absence n’est montré.',
  'compare.verdict.undecided': 'Moins de 6 patients diffèrent : aucun test ne peut conclure.',
};
