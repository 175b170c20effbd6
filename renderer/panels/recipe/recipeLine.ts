import type { Channel, Recipe } from '../../../shared/recipe';
import type { Words } from '../../../shared/words';

const nameOf = (channel: Channel): Words => {
  if ('image' in channel) return { en: channel.image, fr: channel.image };
  if ('structure' in channel) return { en: channel.structure, fr: channel.structure };
  return { en: 'dose', fr: 'dose' };
};

function outputWords({ output }: Recipe): Words {
  switch (output.kind) {
    case 'classification':
      return { en: `class (${String(output.labels.length)})`, fr: `classe (${String(output.labels.length)})` };
    case 'segmentation':
      return { en: `${String(output.labels.length)} labels`, fr: `${String(output.labels.length)} étiquettes` };
    case 'regression':
      return { en: 'dose in Gy', fr: 'dose en Gy' };
  }
}

/** What goes into the network and what comes out, in one line: "CT + dose → 6 labels · 2D axial". */
export function recipeLine(recipe: Recipe): Words {
  const out = outputWords(recipe);
  const line = (language: 'en' | 'fr'): string => {
    const channels = [...new Set(recipe.channels.map((channel) => nameOf(channel)[language]))].join(' + ');
    const planes = {
      axial: { en: 'axial', fr: 'axiale' },
      coronal: { en: 'coronal', fr: 'coronale' },
      sagittal: { en: 'sagittal', fr: 'sagittale' },
    };
    return `${channels} → ${out[language]} · ${recipe.dims === 2 ? `2D ${planes[recipe.plane][language]}` : '3D'}`;
  };
  return { en: line('en'), fr: line('fr') };
}
