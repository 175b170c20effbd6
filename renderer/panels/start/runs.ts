import type { NetworkSummary } from '../../../shared/contract/engine';
import type { StudySummary } from '../../../shared/study';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { JobAsked, JobSubject } from '../../stores/jobs';
import { inOrderOfTraining } from '../../../shared/epoch';
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
    const owners = compared?.databases?.filter(({ ids }) => ids.includes(study.id)) ?? [];
    // A patient whom both name says nothing of a difference between them.
    const database = owners.length === 1 ? owners[0]?.name : undefined;
    const first =
      asked.find((other) => other.id !== study.id && samePatient(other, study)) &&
      asked.find((other) => samePatient(other, study));
    return {
      study: study.path,
      ...(first ? { patient: lastPart(first.path) } : {}),
      ...(shared && image ? { series: image.id } : {}),
      ...(chosen ? { choices: chosen } : {}),
      ...(database === undefined ? {} : { tags: { database } }),
    };
  };
  const refOf = ({ id, path, recipePath }: NetworkSummary) => ({
    network: path,
    ...(recipePath === null ? {} : { recipe: recipePath }),
    ...(compared?.groups?.[id] === undefined ? {} : { group: compared.groups[id] }),
  });
  const inputs = asked.map(inputOf);
  if (!compared)
    return { schema: 'isolens/job@1', ...refOf(network), inputs, analyses: [{ id: analysis, parameters }] };
  const named = networkNames([network, ...compared.others]);
  const refs = new Map([...named].map(([own, name]) => [name, refOf(own)]));
  const order = orderOf([...named], compared.order);
  return {
    schema: 'isolens/job@1',
    networks: Object.fromEntries(order.map((name) => [name, refs.get(name) as { network: string }])),
    inputs,
    analyses: [
      {
        id: analysis,
        parameters: {
          ...parameters,
          reference: named.get(network) ?? network.name,
          analyses: [...compared.analyses],
        },
      },
    ],
  };
}

/** Networks that the open one is held against, and what is asked of each, as its tab says. */
export interface Comparison {
  readonly others: readonly NetworkSummary[];
  readonly analyses: NonNullable<JobSubject['compared']>['analyses'];
  /** Ids of networks in the order of training, where the user has put them into one. */
  readonly order?: readonly string[] | undefined;
  /** The recipe that each is a run of, by its id, as far as the user has said. */
  readonly groups?: Readonly<Record<string, string>> | undefined;
  /** Two databases that are held against each other, with the studies of each. */
  readonly databases?: readonly { readonly name: string; readonly ids: readonly string[] }[] | undefined;
}

/** Whether there is something to hold against something: another network, or a second database. */
export const canCompare = ({ others, databases = [] }: Comparison): boolean =>
  others.length > 0 || databases.length > 1;

/** Names in the order that the user gave; without one by the numbers of training that they hold. */
export function orderOf(
  named: readonly (readonly [{ readonly id: string }, string])[],
  order: readonly string[] = [],
): string[] {
  const places = new Map(order.map((id, at) => [id, at]));
  const byNumber = inOrderOfTraining(named.map(([, name]) => name));
  const placeOf = new Map(named.map(([{ id }, name]) => [name, places.get(id) ?? order.length]));
  return [...byNumber].sort((a, b) => (placeOf.get(a) ?? 0) - (placeOf.get(b) ?? 0));
}

const comparedSubject = ({ others, analyses, ...arranged }: Comparison): NonNullable<JobSubject['compared']> => ({
  networks: others.map(({ id }) => id).sort(),
  analyses,
  ...arrangementOf(arranged),
});

/** What the user has arranged, and nothing where it is nothing: a plain comparison keeps its folder. */
export function arrangementOf({
  order = [],
  groups = {},
  databases = [],
}: Pick<Comparison, 'order' | 'groups' | 'databases'>): Pick<Comparison, 'order' | 'groups' | 'databases'> {
  return {
    ...(order.length > 0 ? { order } : {}),
    ...(Object.keys(groups).length > 0 ? { groups } : {}),
    ...(databases.length > 0 ? { databases } : {}),
  };
}

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
