import {
  compare as definition,
  type CompareParameters,
  type CompareSummary,
  type CompareValues,
} from '../../../../shared/analysis/compare';
import { maps, type LayerFigures } from '../../../../shared/analysis/maps';
import type { AnalysisResult, Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { Analysis, Compared, ComparedNetwork, Context, Part } from '../analysis';
import { channelRows, layerRows, silencesOf, type ComparedMaps } from './channels';
import { counterpartsOf, type Counterparts } from './counterpart';
import { deathsOf } from './death';
import { answersOf, type Kept } from './kept';
import { databaseOf, measuresOf } from './measures';
import { interactionsOf } from './interaction';
import { likenessOfMaps, mapPairs } from './mapLikeness';
import { likenessRows } from './likeness';
import { tablesOf } from './tables';
import { testsOf } from './tests';
import { attributionOf, compareVerdict } from './verdict';
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

  passes: () => 0,

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

  async *onInput(input, context, parameters, _writer, signal) {
    const compared = handed(context);
    const { networks } = compared;
    const { prepared } = input;
    const measures: CompareValues['measures'] = measuresOf(networks);
    yield { kind: 'progress', done: 0.2, stage: 'maps' };
    const likeness = await mapPairs(input, referenceOf(compared, parameters), compared, signal);
    const kept: Kept = {
      patient: prepared.patient,
      database: databaseOf(input),
      measures,
      answers: Object.fromEntries(networks.map((network) => [network.name, answersOf(network)])),
      likeness,
    };
    const files = Object.fromEntries(
      compared.analyses.flatMap((id) => {
        const own = networks.flatMap(({ name, parts }) => {
          const flat = flatFiles(parts.get(id)?.result.files ?? {});
          return Object.keys(flat).length > 0 ? [[name, flat] as const] : [];
        });
        return own.length > 0 ? [[id, Object.fromEntries(own)] as const] : [];
      }),
    );
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
    const rows = channelRows(ownMaps, all, silencesOf(names, each()));
    const layers = layerRows(ownMaps, names, rows);
    const summary: CompareSummary = {
      reference: reference.name,
      networks: Object.fromEntries(
        networks.map(({ name, network }) => [name, { sha256: network.sha256, name: network.name }]),
      ),
      patients: patients.size,
      inputs: parts.length,
      weights: weightRows(reference.network.graph, matched),
      channels: deathsOf(rows, networks, all, ownMaps),
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
      attribution: attributionOf(networks),
    };
    const warnings: Warning[] = [
      ...(patients.size > 0 && patients.size < 6
        ? [warningOf('compare/few-patients', { patients: patients.size })]
        : []),
      ...(unpaired > 0 ? [warningOf('compare/unpaired', { count: unpaired })] : []),
    ];
    return { summary, verdict: compareVerdict(summary), warnings };
  },
};

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
