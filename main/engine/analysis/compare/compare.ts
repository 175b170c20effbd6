import {
  compare as definition,
  type CompareParameters,
  type CompareSummary,
  type CompareValues,
} from '../../../../shared/analysis/compare';
import { maps, type LayerFigures } from '../../../../shared/analysis/maps';
import type { AnalysisResult, Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { epochOf } from '../../../../shared/epoch';
import type { Analysis, Compared, ComparedNetwork, Context, Part } from '../analysis';
import { channelRows, layerRows, silencesOf, type ComparedMaps } from './channels';
import { counterpartsOf, type Counterparts } from './counterpart';
import { databasesOf } from './databases';
import { certificatesOf, deathsOf } from './death';
import { differencesOf } from './difference';
import { answersOf, type Kept } from './kept';
import { databaseOf, measuresOf } from './measures';
import { interactionsOf } from './interaction';
import { likenessOfMaps, mapPairs } from './mapLikeness';
import { likenessRows } from './likeness';
import { matchingRows } from './matching';
import { canMix, lossesAlong, pathsOf } from './path';
import { runsComparison } from './runs';
import { stepsOf } from './steps';
import { tablesOf } from './tables';
import { testsOf } from './tests';
import { attributionOf } from './attribution';
import { databaseVerdict } from './databaseVerdict';
import { compareVerdict } from './verdict';
import { weightRows } from './weights';

function handed({ compared }: Context): Compared {
  if (!compared) throw new Error('compare runs on several networks');
  return compared;
}

function referenceOf({ networks }: Compared, { reference }: CompareParameters): ComparedNetwork {
  const found = networks.find(({ name }) => name === reference);
  if (!found) throw new Error('the plan names the reference');
  return found;
}

const counterparts = (reference: ComparedNetwork, networks: readonly ComparedNetwork[]): Map<string, Counterparts> =>
  new Map(networks.map(({ name, network }) => [name, counterpartsOf(reference.network.graph, network.graph)]));

/** What does not fit between the networks, and weights that are no numbers. */
function weightWarnings(
  networks: readonly ComparedNetwork[],
  matched: ReadonlyMap<string, Counterparts>,
  leftOut: readonly string[],
): Warning[] {
  const shapes = networks.flatMap(({ name }): Warning[] => {
    const { byOrder = [], without = [] } = matched.get(name) ?? {};
    return [
      ...(without.length > 0 ? [warningOf('compare/other-layers', { network: name, nodes: without.join(', ') })] : []),
      ...(byOrder.length > 0
        ? [warningOf('compare/matched-by-order', { network: name, nodes: byOrder.join(', ') })]
        : []),
    ];
  });
  const values = networks.flatMap(({ name, network }) =>
    network.graph.nodes.flatMap((node) => {
      const count = node.weights.reduce((sum, { values }) => sum + values.filter((v) => !Number.isFinite(v)).length, 0);
      return count > 0 ? [warningOf('compare/not-finite', { node: node.name, network: name, count })] : [];
    }),
  );
  const left = leftOut.length > 0 ? [warningOf('compare/weights-only', { analyses: leftOut.join(', ') })] : [];
  return [...shapes, ...values, ...left];
}

const layersOf = (result: AnalysisResult | undefined): readonly LayerFigures[] =>
  ((result?.summary as { readonly layers?: readonly LayerFigures[] } | undefined)?.layers ?? []).filter(
    ({ channels }) => channels.length > 0,
  );

function comparedMaps(
  networks: readonly ComparedNetwork[],
  matched: ReadonlyMap<string, Counterparts>,
): ComparedMaps[] {
  return networks.map(({ name, results }) => ({
    name,
    nodeFor: (node) => matched.get(name)?.of.get(node)?.name,
    layers: new Map(layersOf(results.get(maps.id)).map((layer) => [layer.node, layer])),
  }));
}

/** What changed between networks: weights, filters that died or woke, answers and maps, paired on the same patients. */
export const compare: Analysis<CompareParameters> = {
  definition,

  passes: ({ prepared }, { compared }, { sweeps }) =>
    (prepared.array.shape[0] ?? 1) * sweeps * Math.max(0, (compared?.networks.length ?? 1) - 1),

  // The weights need no pass: they are read where all is put together.
  // eslint-disable-next-line @typescript-eslint/require-await
  async *onNetwork(context, parameters) {
    const { networks, leftOut } = handed(context);
    const matched = counterparts(referenceOf(handed(context), parameters), networks);
    yield { kind: 'progress', done: 0.5, stage: 'weights' };
    return {
      result: { id: '', values: {}, files: {}, warnings: weightWarnings(networks, matched, leftOut) },
      kept: null,
    };
  },

  async *onInput(input, context, parameters, writer, signal) {
    const compared = handed(context);
    const { networks } = compared;
    const { prepared } = input;
    const reference = referenceOf(compared, parameters);
    const measures: CompareValues['measures'] = measuresOf(networks);
    let path: Kept['path'] = null;
    if (parameters.sweeps > 0) {
      const matched = counterparts(reference, networks);
      const others = networks.flatMap((network) => {
        const own = matched.get(network.name);
        return network !== reference && own && canMix(reference, network, own) ? [[network, own] as const] : [];
      });
      const along = lossesAlong(input, context, others, parameters.sweeps, signal);
      let step = await along.next();
      for (; !step.done; step = await along.next()) yield step.value;
      path = step.value;
    }
    yield { kind: 'progress', done: 0.9, stage: 'maps' };
    const likeness = await mapPairs(input, reference, compared, signal);
    const difference = await differencesOf(input, reference, compared, writer);
    const kept: Kept = {
      patient: prepared.patient,
      database: databaseOf(input),
      measures,
      answers: Object.fromEntries(networks.map((network) => [network.name, answersOf(network)])),
      likeness,
      path,
    };
    const files = Object.fromEntries<Record<string, Record<string, string>>>([
      ...compared.analyses.flatMap((id) => {
        const own = networks.flatMap(({ name, parts }) => {
          const flat = flatFiles(parts.get(id)?.result.files ?? {});
          return Object.keys(flat).length > 0 ? [[name, flat] as const] : [];
        });
        return own.length > 0 ? [[id, Object.fromEntries(own)] as const] : [];
      }),
      ...(Object.keys(difference).length > 0 ? [['difference', difference] as const] : []),
    ]);
    const values: CompareValues = { measures };
    return { result: { id: prepared.id, values, files, warnings: [...prepared.warnings] }, kept };
  },

  conclude(parts: readonly Part[], context, parameters) {
    const compared = handed(context);
    const { networks } = compared;
    const reference = referenceOf(compared, parameters);
    const names = networks.map(({ name }) => name);
    const matched = counterparts(reference, networks);
    const each = function* (): Generator<Kept> {
      for (const part of parts) yield part.kept as Kept;
    };
    const patients = new Set<string>();
    let unpaired = 0;
    for (const { patient, answers } of each()) {
      patients.add(patient);
      if (names.some((name) => Object.keys(answers[name] ?? {}).length === 0)) unpaired++;
    }
    const all = comparedMaps(networks, matched);
    const ownMaps = all.find(({ name }) => name === reference.name) as ComparedMaps;
    const silences = silencesOf(names, each());
    const rows = channelRows(ownMaps, all, silences);
    const channels = deathsOf(rows, networks, all, ownMaps);
    const layers = layerRows(ownMaps, names, rows);
    const runs = runsComparison(networks, reference, each);
    const summary: CompareSummary = {
      reference: reference.name,
      networks: Object.fromEntries(
        networks.map(({ name, network, group }) => [
          name,
          { sha256: network.sha256, name: network.name, ...(group === undefined ? {} : { group }) },
        ]),
      ),
      patients: patients.size,
      inputs: parts.length,
      weights: weightRows(reference.network.graph, matched),
      channels,
      certificates: certificatesOf(channels, networks, all, ownMaps, patients.size),
      layers,
      similarity: likenessRows(ownMaps, all, each),
      tables: tablesOf(networks, compared.analyses, reference.name, matched),
      verdicts: Object.fromEntries(
        compared.analyses.map((id) => [
          id,
          Object.fromEntries(networks.map(({ name, results }) => [name, results.get(id)?.verdict ?? null])),
        ]),
      ),
      tests: testsOf(reference.name, names, each),
      mapSimilarity: likenessOfMaps(reference.name, names, each),
      interactions: interactionsOf(reference.name, names, each),
      attribution: attributionOf(networks, runs),
      databases: databasesOf(all, ownMaps, each),
      runs,
      matching: matchingRows(ownMaps, all, new Map(networks.map(({ name, network }) => [name, network.graph])), each),
      steps: stepsOf(ownMaps, all, silences),
      paths: pathsOf(reference, networks, matched, parameters.sweeps, each),
    };
    const warnings: Warning[] = [
      ...(patients.size > 0 && patients.size < 6
        ? [warningOf('compare/few-patients', { patients: patients.size })]
        : []),
      ...(unpaired > 0 ? [warningOf('compare/unpaired', { count: unpaired })] : []),
      ...furtherWarnings(summary),
    ];
    const verdict = networks.length < 2 ? databaseVerdict(summary) : compareVerdict(summary);
    return { summary, verdict, warnings };
  },
};

/** What the number of lists, runs and weights leaves unsaid. */
function furtherWarnings({ databases, paths, networks }: CompareSummary): Warning[] {
  const numbered = Object.keys(networks).flatMap((name) => epochOf(name) ?? []);
  const isOutOfOrder =
    numbered.length === Object.keys(networks).length &&
    numbered.some((epoch, at) => epoch < (numbered[at - 1] ?? epoch));
  return [
    ...(databases && databases.shared > 0 ? [warningOf('compare/shared-patients', { count: databases.shared })] : []),
    ...paths.flatMap(({ network, reason, mixedStatistics }) => [
      ...(reason === null ? [] : [warningOf(`compare/no-path-${reason}`, { network })]),
      ...(mixedStatistics ? [warningOf('compare/mixed-statistics', { network })] : []),
    ]),
    ...(isOutOfOrder ? [warningOf('compare/order', { names: Object.keys(networks).join(', ') })] : []),
  ];
}

type FilesOf = Part['result']['files'];

/** Tables within tables of paths as one, `a b` for the path under b of a. */
function flatFiles(files: FilesOf): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, entry] of Object.entries(files)) {
    if (typeof entry === 'string') flat[key] = entry;
    else for (const [name, path] of Object.entries(flatFiles(entry as FilesOf))) flat[`${key} ${name}`] = path;
  }
  return flat;
}
