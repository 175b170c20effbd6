import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['tests/**/*.test.{ts,js}'],
    setupFiles: ['tests/propertySeed.ts'],
    exclude: ['tests/flows/**', 'tests/bench/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
