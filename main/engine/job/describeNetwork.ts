import { existsSync } from 'node:fs';
import type { Description } from '../../../shared/network';
import { IsolensError } from '../../../shared/problem/problem';
import { openNetwork } from '../network/open';

/** What is in a network's files; nothing is run. *Problems* job/no-such-file and those of reading. */
export async function describeNetwork(path: string): Promise<Description> {
  if (!existsSync(path)) throw new IsolensError('job/no-such-file', {}, { file: path });
  const network = await openNetwork(path);
  try {
    return network.description;
  } finally {
    network.close();
  }
}
