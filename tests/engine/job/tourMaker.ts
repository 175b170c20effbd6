import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { handlers } from '../../../main/engine/job/answers/list';
import { blobStore } from '../../../main/engine/job/blobs';
import type { Answering } from '../../../main/engine/job/session';
import { startBackend } from '../../../main/engine/job/backend';
import { tourMadeFile, type TourMade } from '../../../main/engine/job/tourAnswers';
import { generator } from '../../../main/engine/phantom/truth';
import { isNamed, tourStops, type TourStop } from '../../../renderer/panels/start/questionTour';
import { proposedFor } from '../../../renderer/panels/start/proposed';
import { folderOf, jobOf, subjectOf, type Comparison } from '../../../renderer/panels/start/runs';
import { compare } from '../../../shared/analysis/compare';
import { analysisDefinitions } from '../../../shared/analysis/list';
import { engineRequests } from '../../../shared/contract/engine';
import type { StudySummary } from '../../../shared/study';

/** Questions that the window asks of every patient that is ticked. */
const aboutMany: readonly string[] = ['maps', 'search', 'compare'];

/** Runs until the job of this folder has ended; a job that failed is thrown. */
async function finished(start: (answering: Answering) => Promise<unknown>, blobs: Answering['blobs']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const tell = ((_stream: string, event: { kind: string; problem?: unknown }) => {
      if (event.kind === 'done') resolve();
      else if (event.kind === 'failed' || event.kind === 'cancelled') reject(new Error(JSON.stringify(event)));
    }) as Answering['tell'];
    start({ signal: new AbortController().signal, progress: () => undefined, blobs, tell }).catch(reject);
  });
}

/** What a network gives before it is read is ten times everything else, and the window never looks at it. */
async function withoutRawOutputs(folder: string): Promise<void> {
  const isRaw = (path: unknown): boolean => typeof path === 'string' && basename(path) === 'output.nrrd';
  for (const name of await readdir(folder, { recursive: true })) if (isRaw(name)) await rm(join(folder, name));
  const file = join(folder, 'results.json');
  const kept = JSON.parse(await readFile(file, 'utf8'), (_, value: unknown) =>
    isRaw(value) ? undefined : value,
  ) as unknown;
  await writeFile(file, JSON.stringify(kept));
}

/** Where this machine keeps things is nobody's business: paths become those of the demo. */
async function withoutPaths(folder: string, places: readonly (readonly [from: string, to: string])[]): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/\.(json|html)$/.test(name)) continue;
    const file = join(folder, name);
    let text = await readFile(file, 'utf8');
    if (name.endsWith('.json')) text = JSON.stringify(JSON.parse(text));
    await writeFile(
      file,
      places.reduce((told, [from, to]) => told.replaceAll(from, to), text),
    );
  }
}

/**
 * Answers every question of the tour as the window would, with the engine's own handlers, and lays the answers in `out`, in the folders in
 * which the window looks for them. Takes some minutes. `patients` is a folder that may hold the demo's patients already.
 */
export async function makeTourAnswers(demo: string, out: string, patients: string): Promise<void> {
  await startBackend();
  const engine = handlers();
  const blobs = blobStore();
  const answering: Answering = {
    signal: new AbortController().signal,
    progress: () => undefined,
    blobs,
    tell: () => undefined,
  };
  const work = await mkdtemp(join(tmpdir(), 'isolens-tour-'));
  try {
    const made = await engine['engine/makeDemo']({ out: patients, results: join(work, 'none') }, answering);
    const { studies } = engineRequests['engine/openFolder'].gives.parse(
      await engine['engine/openFolder']({ path: patients }, answering),
    );
    const networks = await Promise.all(made.networks.map((path) => engine['engine/openNetwork']({ path }, answering)));
    const opened = networks.map((network) => engineRequests['engine/openNetwork'].gives.parse(network));
    for (const stop of tourStops) {
      const network = opened.find(({ path }) => isNamed(path, stop.network));
      const study = studies.find(({ path }) => isNamed(path, stop.patient));
      if (!network?.recipe || !study) continue;
      const detail = await engine['engine/openStudy']({ study: study.id }, answering);
      const proposed = proposedFor(
        network.recipe,
        detail.structures.map(({ name }) => name),
        stop.layer ?? null,
      );
      const compared = comparisonOf(stop, opened, proposed);
      const about = asked(stop, study, studies);
      const subject = subjectOf(stop.mode, network, about, proposed[stop.mode] ?? {}, {}, compared);
      const job = jobOf(stop.mode, network, about, studies, subject.parameters, {}, compared);
      const folder = folderOf(work, subject);
      const ask = engineRequests['engine/startJob'].asks.parse({ job, base: '', out: folder });
      await finished((own) => engine['engine/startJob'](ask, own), blobs);
      await rm(join(folder, '.parts'), { recursive: true, force: true });
      await withoutRawOutputs(folder);
    }
    await rm(join(work, 'none'), { recursive: true, force: true });
    await withoutPaths(work, [
      [patients, 'patients'],
      [join(demo, 'networks'), 'networks'],
      [work, 'results'],
    ]);
    await rm(out, { recursive: true, force: true });
    await mkdir(dirname(out), { recursive: true });
    await cp(work, out, { recursive: true });
    const versions = Object.fromEntries(analysisDefinitions.map(({ id, version }) => [id, version]));
    const told: TourMade = { schema: 'isolens/tour@1', generator, versions };
    await writeFile(join(out, tourMadeFile), `${JSON.stringify(told, null, 2)}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function asked(stop: TourStop, study: StudySummary, all: readonly StudySummary[]): readonly StudySummary[] {
  const ofNetwork = analysisDefinitions.find(({ id }) => id === stop.mode)?.ofNetwork === true;
  if (ofNetwork) return [];
  return aboutMany.includes(stop.mode) ? [study, ...all.filter(({ id }) => id !== study.id)] : [study];
}

function comparisonOf(
  stop: TourStop,
  opened: readonly Comparison['others'][number][],
  proposed: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Comparison | null {
  if (!stop.beside) return null;
  return {
    others: opened.filter(({ path }) => stop.beside?.some((name) => isNamed(path, name))),
    analyses: compare.parameters.parse({}).analyses.map(({ id }) => ({ id, parameters: proposed[id] ?? {} })),
  };
}
