import type { CompareSummary } from '../../../../shared/analysis/compare';
import type { Runs } from '../../../../shared/analysis/compareRuns';
import type { ComparedNetwork } from '../analysis';
import { fewestRuns } from './runs';

type Attribution = CompareSummary['attribution'];

const oneRunEach: Attribution = {
  code: 'one-run-each',
  said: {
    en: 'One run each: retraining alone changes a network, so nothing here may be put down to the database or to a setting. That takes at least three seeds of each recipe.',
    fr: 'Un entraînement chacun : réapprendre suffit à changer un réseau, rien ici ne peut être attribué à la base ou à un réglage. Il y faut au moins trois graines par recette.',
  },
};

/**
 * What may be said of the reason: networks that are the same file differ by nothing, others by all that their training had, and only runs of
 * one recipe tell how much of it is retraining. *Source* methods §1.6.
 */
export function attributionOf(networks: readonly ComparedNetwork[], { groups, tests }: Runs): Attribution {
  if (networks.length < 2)
    return {
      code: 'one-network',
      said: {
        en: 'It is one network: what differs are the patients and their images, not what it has learnt.',
        fr: 'C’est un seul réseau : ce qui diffère, ce sont les patients et leurs images, non ce qu’il a appris.',
      },
    };
  if (new Set(networks.map(({ network }) => network.sha256)).size === 1)
    return {
      code: 'same-weights',
      said: {
        en: 'All are the same network: what differs is how its inputs are made ready.',
        fr: 'C’est partout le même réseau : seule diffère la préparation des entrées.',
      },
    };
  if (groups.every(({ different }) => different < 2)) return oneRunEach;
  if (tests.length === 0) {
    const counts = groups.map(({ group, different }) => `${group} ${String(different)}`).join(', ');
    return {
      code: 'too-few-runs',
      said: {
        en: `Too few runs to put a difference down to anything: it takes two recipes of at least ${String(fewestRuns)} different runs that answered the same patients (here ${counts}).`,
        fr: `Trop peu d’entraînements pour attribuer une différence : il faut deux recettes d’au moins ${String(fewestRuns)} entraînements différents qui ont répondu aux mêmes patients (ici ${counts}).`,
      },
    };
  }
  const found = tests.filter(({ attributed }) => attributed);
  const [first] = [...found].sort((a, b) => a.holm - b.holm);
  if (!first)
    return {
      code: 'within-spread',
      said: {
        en: 'No difference between the recipes exceeds the spread among runs of one recipe: retraining alone explains them all.',
        fr: 'Aucune différence entre les recettes ne dépasse l’étendue entre entraînements d’une même recette : réapprendre suffit à toutes les expliquer.',
      },
    };
  return {
    code: 'beyond-spread',
    said: {
      en: `${String(found.length)} of ${String(tests.length)} differences between ${first.reference} and ${first.group} exceed the spread among runs of one recipe (${first.said.en}, for one): they may be put down to what the recipes differ in, and to nothing finer.`,
      fr: `${String(found.length)} différences sur ${String(tests.length)} entre ${first.reference} et ${first.group} dépassent l’étendue entre entraînements d’une même recette (${first.said.fr}, par exemple) : on peut les attribuer à ce en quoi les recettes diffèrent, sans plus de détail.`,
    },
  };
}
