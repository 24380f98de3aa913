import { builder, checkout, defineConfig, onChange, repository, sh, worker } from 'millrace';

/** millrace builds itself: `npm start` runs this. */
export default defineConfig({
  repositories: [repository({ name: 'millrace', git: '.', branches: ['main'] })],
  workers: [worker({ name: 'local' })],
  builders: [
    builder({
      name: 'check',
      description: 'Types, lint and unit tests of millrace itself',
      repository: 'millrace',
      workers: ['local'],
      steps: () => [
        checkout(),
        sh('npm install --no-save --no-audit --no-fund --loglevel=error', { name: 'install' }),
        sh('npx tsc -p .', { name: 'types' }),
        sh('npx oxlint --type-aware --quiet', { name: 'lint' }),
        // Without CI, tests of what is not installed here (Mercurial) are left out; `npm test` runs them all.
        sh('npx vitest run --project unit', { name: 'unit tests', env: { CI: '' } }),
      ],
    }),
  ],
  schedulers: [onChange({ name: 'every-commit', repository: 'millrace', builders: ['check'] })],
});
