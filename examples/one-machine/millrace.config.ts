import { builder, checkout, defineConfig, onChange, repository, sh, worker } from 'millrace';

/** A repository on this machine, built at each commit: `millrace up --config examples/one-machine/millrace.config.ts`. */
export default defineConfig({
  repositories: [repository({ name: 'app', git: '../..', branches: ['main'] })],
  workers: [worker({ name: 'local' })],
  builders: [
    builder({
      name: 'lines',
      description: 'Counts what there is',
      repository: 'app',
      workers: ['local'],
      steps: () => [
        checkout(),
        sh('git ls-files | wc -l', { name: 'files' }),
        sh('git ls-files -z | xargs -0 cat | wc', { name: 'lines', limits: { totalMs: 60_000 } }),
      ],
    }),
  ],
  schedulers: [onChange({ name: 'every-commit', repository: 'app', builders: ['lines'] })],
});
