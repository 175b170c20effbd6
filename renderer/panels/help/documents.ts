import guideEn from '../../../resources/docs/guide/en.md?raw';
import guideFr from '../../../resources/docs/guide/fr.md?raw';
import compare from '../../../resources/docs/methods/compare.md?raw';
import filters from '../../../resources/docs/methods/filters.md?raw';
import maps from '../../../resources/docs/methods/maps.md?raw';
import occlusion from '../../../resources/docs/methods/occlusion.md?raw';
import search from '../../../resources/docs/methods/search.md?raw';
import robustness from '../../../resources/docs/methods/robustness.md?raw';
import predict from '../../../resources/docs/methods/predict.md?raw';

/** What can be read inside the window. The methods are written in English only. */
export const documents = {
  en: { guide: guideEn, filters, maps, occlusion, predict, search, robustness, compare },
  fr: { guide: guideFr, filters, maps, occlusion, predict, search, robustness, compare },
} as const;
