import { expect, it } from 'vitest';
import { occluderOf } from '../../../../main/engine/network/incremental/occluder';
import { startBackend } from '../../../../main/engine/network/tensorflow';
import { Builder, Draws } from './randomNetworks';

it('leaves the WASM rung to whole runs', async () => {
  await startBackend({ rung: 'wasm' });
  const net = new Builder([8, 8], 1, new Draws(1));
  const { name } = net.convolution(net.input, 2, 3);
  const input = { shape: [1, 8, 8, 1], values: new Float32Array(64) };
  const fetch = { node: name, stage: 'output' } as const;
  const question = { inputs: { input }, hiddenIn: 'input', fetch, region: null, budgetBytes: 2 ** 30 };
  expect(await occluderOf(net.graph(), question)).toBeNull();
});
