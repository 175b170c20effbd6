import type { NetworkSummary } from '../../../shared/contract/engine';
import type { StudySummary } from '../../../shared/study';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { JobAsked, JobSubject } from '../../stores/jobs';
import { lastPart } from '../study/patientName';

/** What was chosen of the studies, by their ids. */
type Choices = Readonly<Record<string, StudyChoices>>;

/** What a run is about: the open study first, then every other that it asks; of the network alone, no study. */
export function subjectOf(
  analysis: string,
  network: NetworkSummary,
  asked: readonly StudySummary[],
  parameters: Readonly<Record<string, unknown>>,
  choices: Choices,
  compared: Comparison | null = null,
): JobSubject {
  const [study] = asked;
  return {
    ...(compared ? { compared: comparedSubject(compared) } : {}),
    analysis,
    networkSha: network.description.network.sha256,
    networkName: network.name,
    study: study?.id ?? '',
    studyName: study ? lastPart(study.path) : 'network',
    studies: asked.map(({ id }) => id),
    choices: Object.fromEntries(asked.flatMap(({ id }) => (choices[id] ? [[id, choices[id]]] : []))),
    parameters,
  };
}

/** Two studies of one patient: they count once. */
const samePatient = ({ patient: one }: StudySummary, { patient: other }: StudySummary): boolean =>
  (one.id !== '' && one.id === other.id) ||
  (one.id === '' && other.id === '' && one.name !== '' && one.name === other.name);

/** The job of one analysis. Where a folder holds several studies, the image series decides. */
export function jobOf(
  analysis: string,
  network: NetworkSummary,
  asked: readonly StudySummary[],
  all: readonly StudySummary[],
  parameters: Readonly<Record<string, unknown>>,
  choices: Choices,
  compared: Comparison | null = null,
): JobAsked {
  const inputOf = (study: StudySummary): JobAsked['inputs'][number] => {
    const image = study.objects.find(({ kind, usable }) => kind === 'image' && usable);
    const shared = all.filter(({ path }) => path === study.path).length > 1;
    const chosen = choices[study.id];
    const first =
      asked.find((other) => other.id !== study.id && samePatient(other, study)) &&
      asked.find((other) => samePatient(other, study));
    return {
      study: study.path,
      ...(first ? { patient: lastPart(first.path) } : {}),
      ...(shared && image ? { series: image.id } : {}),
      ...(chosen ? { choices: chosen } : {}),
    };
  };
  const refOf = ({ path, recipePath }: NetworkSummary) => ({
    network: path,
    ...(recipePath === null ? {} : { recipe: recipePath }),
  });
  const inputs = asked.map(inputOf);
  if (!compared)
    return { schema: 'isolens/job@1', ...refOf(network), inputs, analyses: [{ id: analysis, parameters }] };
  const named = networkNames([network, ...compared.others]);
  const refs = [...named].map(([own, name]) => [name, refOf(own)] as const);
  return {
    schema: 'isolens/job@1',
    // In the order of their names: checkpoints of one training are numbered.
    networks: Object.fromEntries(refs.sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))),
    inputs,
    analyses: [
      { id: analysis, parameters: { reference: named.get(network) ?? network.name, analyses: [...compared.analyses] } },
    ],
  };
}

/** Networks that the open one is held against, and what is asked of each, as its tab says. */
export interface Comparison {
  readonly others: readonly NetworkSummary[];
  readonly analyses: NonNullable<JobSubject['compared']>['analyses'];
}

const comparedSubject = ({ others, analyses }: Comparison): NonNullable<JobSubject['compared']> => ({
  networks: others.map(({ id }) => id).sort(),
  analyses,
});

/** A name for each: its own, with a number where two share it. */
export function networkNames(networks: readonly NetworkSummary[]): Map<NetworkSummary, string> {
  const taken = new Set<string>();
  return new Map(
    networks.map((network) => {
      let name = network.name;
      for (let n = 2; taken.has(name); n++) name = `${network.name} ${String(n)}`;
      taken.add(name);
      return [network, name] as const;
    }),
  );
}

/** 32-bit FNV-1a as eight hexadecimal digits: tells parameters apart in a folder's name. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const inName = (text: string): string => text.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60);

/** Where a run leaves its results: the same question goes into the same folder, so that it resumes. */
export function folderOf(
  root: string,
  { analysis, networkName, networkSha, studyName, study, studies, choices, parameters, compared }: JobSubject,
): string {
  const asked = Object.entries(parameters).sort(([a], [b]) => a.localeCompare(b));
  const named = compared ? [...asked, ['compared', compared] as const] : asked;
  const told = JSON.stringify(Object.keys(choices).length > 0 ? [named, choices] : named);
  return [
    root.replace(/[\\/]+$/, ''),
    `${inName(networkName)}-${networkSha.slice(0, 8)}`,
    studies.length > 1
      ? `${String(studies.length)}-studies-${fingerprint([...studies].sort().join(' '))}`
      : `${inName(studyName)}-${fingerprint(study)}`,
    `${analysis}-${fingerprint(told)}`,
  ].join('/');
}
