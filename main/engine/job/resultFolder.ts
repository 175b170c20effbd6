import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Job } from '../../../shared/job';
import type { Results } from '../../../shared/result';
import type { Language } from '../../../shared/words';
import { backendInfo } from '../network/tensorflow';
import { cropGalleries } from '../result/cropGallery';
import type { Illustration } from '../result/illustrate';
import { inputWriterOf, type InputWriter } from '../result/inputWriter';
import { writeReport } from '../result/writeReport';
import { writeResults } from '../result/writeResults';
import { diskProblem } from '../result/writeWhole';
import type { Plan } from './plan';
import { isolensVersion } from './version';

/** The folder that the user named for a run's results: everything of the run lies in it, and nothing elsewhere. */
export interface ResultFolder {
  readonly path: string;
  readonly reportPath: string;
  /** `plan` stands in every volume: which network made it, and with which version. */
  writer(analysis: string, input: string, plan: Plan): InputWriter;
  /** What every results.json of this run begins with. */
  heading(plan: Plan | null): Pick<Results, 'schema' | 'isolens' | 'backend' | 'job' | 'network'>;
  save(results: Results): Promise<void>;
  report(results: Results, illustrations: readonly Illustration[]): Promise<void>;
}

/** Makes the folder. *Problems* result/disk-full and result/cannot-write. */
export async function resultFolder(out: string, job: Job | null, language: Language = 'en'): Promise<ResultFolder> {
  const path = resolve(out);
  try {
    await mkdir(path, { recursive: true });
  } catch (thrown) {
    throw diskProblem(thrown, out);
  }
  return {
    path,
    reportPath: join(path, 'report.html'),
    writer: (analysis, input, { network }) =>
      inputWriterOf({
        folder: path,
        analysis,
        input,
        about: {
          analysis,
          network: network.name,
          'network sha256': network.sha256,
          isolens: isolensVersion,
        },
      }),
    heading: (plan) => ({
      schema: 'isolens/results@1',
      isolens: isolensVersion,
      backend: backendInfo(),
      job,
      network: plan === null ? null : { sha256: plan.network.sha256, name: plan.network.name },
    }),
    async save(results) {
      await writeResults(path, results);
    },
    async report(results, illustrations) {
      const galleries = await cropGalleries(path, results);
      await writeReport(path, results, language, illustrations, { galleries });
    },
  };
}
