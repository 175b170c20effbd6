import type { evidenceEn } from './evidence.en';

/** Mots de ce qui accompagne les tableaux : la vue du système linéaire d’une couche, l’HDV de neurone. */
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
  'maps.chart': 'Ce qui est tracé',
  'maps.view.bars': 'Voxels',
  'maps.view.structure': 'HDV',
  'maps.view.dose': 'par dose',
  'maps.view.barsHelp': 'Voxels auxquels chaque canal répond',
  'maps.view.structureHelp': 'HDV de neurone : quelle part de chaque structure répond avec quelle force',
  'maps.view.doseHelp': 'Quelle part de chaque bande de dose du plan répond avec quelle force',
  'maps.volumes': 'HDV de neurone',
  'maps.volumesX': 'réponse du canal {channel} (u.a.)',
  'maps.volumesMedian': 'Médiane sur les patients',
  'maps.volumesKey': 'Volume qui répond au moins aussi fort, médiane de {count} patients ; en évidence : bande 5–95 %.',
  'maps.noVolumes':
    'Pas encore mesuré pour {node} : quelle part de chaque structure et bande de dose répond avec quelle force.',
  'maps.noRegions': 'Rien à tracer : ni structures ni dose, ou pas ce canal.',
  'maps.measure': 'Mesurer',
};
