import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-node';
import { writeStudy } from '../../main/engine/dicom/writer/writeStudy';
import { labels } from '../../resources/demo/training/labels';
import { organsUnet } from '../../resources/demo/training/organsUnet';
import { madeStudy } from './madeStudy';

/** What the benches open: one big study, and a network of the demo's build with untrained weights. */
export interface Made {
  /** Folder of DICOM: nothing else lies in it. */
  readonly study: string;
  readonly files: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Bytes of the CT's voxels as they are shown. */
  readonly voxelBytes: number;
  /** model.json with its recipe beside it. */
  readonly network: string;
  /** For what else a bench writes. */
  readonly scratch: string;
}

/** Speed does not hang on what the weights are: the first ones, drawn from a seed, serve. */
async function saveNetwork(folder: string): Promise<string> {
  const own = join(folder, 'organs-unet-untrained');
  mkdirSync(own, { recursive: true });
  const { model } = organsUnet(tf, labels.length, 1);
  await model.save(`file://${own}`);
  copyFileSync('resources/demo/training/organs-unet.recipe.json', `${own}.recipe.json`);
  return join(own, 'model.json');
}

/** Writes the study and the network under a folder. */
export async function make(folder: string): Promise<Made> {
  const study = join(folder, 'study');
  const scratch = join(folder, 'scratch');
  for (const each of [study, scratch]) mkdirSync(each, { recursive: true });
  const made = madeStudy();
  let files = 0;
  let bytes = 0;
  for await (const file of writeStudy(made)) {
    writeFileSync(join(study, file.name), file.bytes);
    files++;
    bytes += file.bytes.byteLength;
  }
  const network = await saveNetwork(folder);
  const [nx, ny, nz] = made.ct.grid.size;
  console.log(
    `study: CT ${String(nx)}×${String(ny)}×${String(nz)}, ${String(made.structures.length)} structures with ` +
      `${String(made.structures.reduce((sum, { slices }) => sum + slices.length, 0))} contours, ` +
      `dose ${made.dose?.grid.size.join('×') ?? 'none'}; ${String(files)} files, ${(bytes / 2 ** 20).toFixed(0)} MiB\n`,
  );
  return { study, files, bytes, voxelBytes: made.ct.values.byteLength, network, scratch };
}
