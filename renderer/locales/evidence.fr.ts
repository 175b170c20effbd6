import type { evidenceEn } from './evidence.en';

/** Mots de ce qui accompagne les tableaux : la vue du système linéaire d’une couche. */
export const evidenceFr: Record<keyof typeof evidenceEn, string> = {
  'filters.chart': 'Ce qui est tracé',
  'filters.view.spectrum': 'Spectre',
  'filters.view.mtf': 'FTM',
  'filters.view.insert': 'Nombres CT',
  'filters.mtf': 'Transfert de modulation de {node}',
  'filters.insert': 'Réponse de {node} au nombre CT',
  'filters.mtfX': 'fréquence ({unit})',
  'filters.mtfXmm': 'cycles/mm',
  'filters.mtfXvoxel': 'cycles/voxel',
  'filters.mtfY': 'transfert, du plus grand',
  'filters.insertX': 'insert ({unit})',
  'filters.insertXnet': 'insert (unités du réseau)',
  'filters.insertY': 'milieu de l’insert',
  'filters.mtfKey':
    'Blanc : médiane des canaux, tirets le long des lignes. Bande : du moindre au plus grand. Jaune : canal {channel}.',
  'filters.insertKey': 'Blanc : médiane des canaux. Bande : du moindre au plus grand. Jaune : canal {channel}.',
  'filters.noResponse':
    'Pas encore mesuré : un champ d’eau avec une ligne, un bruit connu et un insert, montré au réseau seul. Sans patient.',
  'filters.measure': 'Mesurer',
  'filters.silentResponse': 'À l’eau, une petite ligne ne fait bouger aucun canal de cette couche.',
  'filters.noPlaces': 'Cette couche n’a pas de places le long de l’image : pas de transfert de modulation.',
  'filters.notInResponse': 'Cette couche n’a pas été mesurée.',
  'filters.number.noiseGain': 'Gain de bruit σ sortie / entrée',
  'filters.number.mtf50': 'FTM 0,5 à (1/{unit})',
  'filters.number.bent': 'Non linéaires à l’eau',
  'filters.number.still': 'Immobiles à l’eau',
  'filters.ofChannels': '{count} sur {all}',
  'filters.help.noiseGain':
    'Bruit de la couche sur celui de l’entrée (unités du réseau), médiane et étendue sur les canaux. Au-dessus de 1 : le bruit est amplifié.',
  'filters.help.mtf50':
    'Fréquence à laquelle le transfert de modulation tombe à la moitié, médiane et étendue sur les canaux.',
  'filters.help.bent':
    'Canaux qui répondent à une ligne de +10 UH autrement qu’à une de −10 UH : leur FTM est celle de la seule partie impaire. Un champ parfaitement uni place le max pooling sur son coude.',
  'filters.help.still':
    'Canaux qu’une petite ligne dans l’eau ne fait pas bouger du tout : un redresseur éteint à cet endroit.',
};
