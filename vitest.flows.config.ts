import { defineConfig } from 'vitest/config';

/** The flows drive the packaged application, named by ISOLENS_APP, on a display: one window at a time. */
export default defineConfig({
  test: {
    include: ['tests/flows/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
