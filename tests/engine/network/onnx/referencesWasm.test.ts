import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../../main/engine/network/tensorflow';
import { casesIn, wrongOutputs } from './onnxCases';

await startBackend({ rung: 'wasm' });

describe('on the WASM backend too ONNX networks equal ONNX Runtime', () => {
  it.each(['networks.json.gz', 'operations.json.gz'].flatMap(casesIn).map((one) => [one.name, one] as const))(
    '%s',
    async (_, one) => {
      expect(await wrongOutputs(one)).toEqual([]);
    },
  );
});
