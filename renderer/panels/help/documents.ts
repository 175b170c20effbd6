import guideEn from '../../../resources/docs/guide/en.md?raw';
import guideFr from '../../../resources/docs/guide/fr.md?raw';
import maps from '../../../resources/docs/methods/maps.md?raw';
import occlusion from '../../../resources/docs/methods/occlusion.md?raw';
import predict from '../../../resources/docs/methods/predict.md?raw';

/** What can be read inside the window. The methods are written in English only. */
export const documents = {
  en: { guide: guideEn, maps, occlusion, predict },
  fr: { guide: guideFr, maps, occlusion, predict },
} as const;
