import type { Words } from '../../../shared/words';

/** Heads of tables for the linear-system view and the neuron DVH. */
export const responseKeys: Readonly<Record<string, Words>> = {
  response: { en: 'linear-system view', fr: 'vue du système linéaire' },
  presented: { en: 'presented to', fr: 'présenté à' },
  base: { en: 'field at rest', fr: 'champ au repos' },
  signal: { en: 'line', fr: 'ligne' },
  noise: { en: 'noise (sd)', fr: 'bruit (é.-t.)' },
  insert: { en: 'insert', fr: 'insert' },
  frequencyUnit: { en: 'frequencies in', fr: 'fréquences en' },
  axis: { en: 'axis', fr: 'axe' },
  axes: { en: 'along the axes', fr: 'le long des axes' },
  frequencies: { en: 'frequencies', fr: 'fréquences' },
  mtf: { en: 'modulation transfer', fr: 'transfert de modulation' },
  mtf50: { en: 'MTF falls to 0.5 at', fr: 'FTM tombe à 0,5 à' },
  peak: { en: 'largest at', fr: 'la plus grande à' },
  cut: { en: 'field larger than the input', fr: 'champ plus grand que l’entrée' },
  gain: { en: 'gain', fr: 'gain' },
  noiseGain: { en: 'noise gain σ out / in', fr: 'gain de bruit σ sortie / entrée' },
  nonlinear: { en: 'not linear at rest', fr: 'non-linéarité au repos' },
  nonlinearChannels: { en: 'channels not linear', fr: 'canaux non linéaires' },
  silentChannels: { en: 'channels unmoved', fr: 'canaux immobiles' },
  listed: { en: 'channels listed', fr: 'canaux listés' },
  volumes: { en: 'neuron DVH', fr: 'HDV de neurone' },
  percents: { en: 'shares of the volume (%)', fr: 'parts du volume (%)' },
};
