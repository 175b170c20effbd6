import type { VoxelArray, Volume } from '../../../shared/volume';

/** Saves what an analysis makes of one input under `ANALYSIS/INPUT_ID/`; each call gives the path relative to results.json. */
export interface InputWriter {
  /** A volume with a place in space, as NRRD (gzip, LPS). `channels` > 1: values are [k][j][i][channel], channel the fastest axis. */
  volume(name: string, volume: Volume<VoxelArray>, channels?: number): Promise<string>;
  /** An array without a place, as `.npy` (float32, or uint8 for label maps; C order). */
  array(name: string, values: Float32Array | Uint8Array, shape: readonly number[]): Promise<string>;
}
