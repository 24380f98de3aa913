import { defineConfig } from 'vitest/config';

/**
 * Three kinds of tests.
 *
 * - `unit`: beside the code, in threads and without isolation: a thousand take seconds. They may
 *   start servers on loopback, but no process of millrace.
 * - `simulation`: the production classes under a virtual clock, from seeds.
 * - `e2e`: real processes, a real repository, a real browser, a real PostgreSQL; one after the other.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['packages/*/test/packed/**'],
          pool: 'threads',
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['simulations/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
