/** Whether an NVIDIA card and its driver are there, found out without loading anything. */
import { existsSync } from 'node:fs';
import { command, program } from './command.js';
import { cudaDownloadBytes, tensorflowGpuWheel } from './pins.js';
import { megabytes } from './report.js';

/** CUDA 12.2 asks for this driver or a newer one. */
const oldestDriver = 525;

/** Null without a card; else its name and driver, and what keeps it from being used, if anything does. */
export async function graphicsCard() {
  if (!existsSync('/proc/driver/nvidia/version') && !existsSync('/dev/nvidiactl')) return null;
  const loader = await command('/sbin/ldconfig', ['-p']);
  const cuda = loader.out.includes('libcuda.so.1');
  const asked = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  const told = program('nvidia-smi') ? (await command('nvidia-smi', asked)).out.trim().split('\n')[0] : '';
  const [name = 'NVIDIA card', driver = '', memory = ''] = told.split(',').map((word) => word.trim());
  let refused = null;
  if (!cuda) refused = 'libcuda.so.1 of the driver is not found';
  else if (driver && Number.parseInt(driver, 10) < oldestDriver) {
    refused = `driver ${driver} is older than ${String(oldestDriver)}`;
  }
  return { name: name || 'NVIDIA card', driver, memory, refused };
}

export const gpuDownload = megabytes(cudaDownloadBytes + tensorflowGpuWheel.bytes);
