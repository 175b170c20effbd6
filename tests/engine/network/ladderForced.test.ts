import { expect, it } from 'vitest';
import type { IsolensError } from '../../../shared/problem/problem';
import { startBackend } from '../../../main/engine/network/tensorflow';

it('refuses a rung that nobody has heard of, by its name', async () => {
  process.env['ISOLENS_RUNG'] = 'abacus';
  const thrown: unknown = await startBackend().catch((reason: unknown) => reason);
  expect((thrown as IsolensError).problem).toMatchObject({
    code: 'network/backend-missing',
    facts: { rung: 'abacus' },
  });
});
