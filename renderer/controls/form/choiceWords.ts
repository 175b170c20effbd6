import type { MessageKey } from '../../locales/i18n';

/** The words of a choice on the screen, where it has any; a word of a file else. */
export function choiceKey(choice: string): MessageKey | null {
  const key = `choice.${choice}`;
  return known.has(key) ? (key as MessageKey) : null;
}

const known = new Set<string>([
  'choice.inside', 'choice.truncated', 'choice.mean', 'choice.local-mean', 'choice.blur', 'choice.noise', 'choice.harmonic',
  'choice.max', 'choice.most', 'choice.least', 'choice.bands', 'choice.margin', 'choice.logit', 'choice.probability', 'choice.soft-volume', 'choice.value', 'choice.constant', 'choice.image', 'choice.all', 'choice.true', 'choice.false', 'choice.mean', 'choice.unknown',
  'choice.glorot-uniform', 'choice.glorot-normal', 'choice.he-uniform', 'choice.he-normal',
  'choice.tfjs-glorot-normal', 'choice.tfjs-he-normal', 'choice.torch-uniform', 'choice.torch-he-normal',
] satisfies MessageKey[]); // prettier-ignore
