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
        // Those that need nothing but git, Node and npm; `npm test` runs them all.
        sh("npx vitest run --project unit --exclude '**/mercurial/**'", { name: 'unit tests' }),
      ],
    }),
  ],
  schedulers: [onChange({ name: 'every-commit', repository: 'millrace', builders: ['check'] })],
});
