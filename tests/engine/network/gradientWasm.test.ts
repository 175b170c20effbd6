import { expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { weighed } from './gradientOn';
import { bytesOf, casesOf, inputsOf, onDisk } from './referenceCases';

it('are not given without the native library: absent once that is known, else a problem that says so', async () => {
  const reference = casesOf(3).find((c) => c.network === 'classifier')!;
  const { path, remove } = onDisk('classifier.keras', bytesOf('keras3-classifier.keras'));
  const early = await openNetwork(path);
  await startBackend({ rung: 'wasm' });
  const late = await openNetwork(path);
  remove();
  expect(late.gradient).toBeUndefined();
  const asked = early.gradient!({
    inputs: inputsOf(reference),
    fetch: { node: early.graph.outputs[0]!.node, stage: 'output' },
    cotangent: weighed,
    wrt: Object.keys(reference.inputs),
  });
  await expect(asked).rejects.toMatchObject({ problem: { code: 'network/backend-missing' } });
  early.close();
  late.close();
});
