import { builder, checkout, defineConfig, onChange, repository, sh, worker } from 'millrace';

/**
 * A library and an application that uses it, each in a repository of its own. A commit to either builds what it
 * concerns: the application fetches the library itself, next to its own source.
 */
export default defineConfig({
  repositories: [
    repository({ name: 'library', git: 'https://git.example.org/library.git', branches: ['main'] }),
    repository({ name: 'app', git: 'git@git.example.org:app.git', branches: ['main', 'release/*'] }),
  ],
  workers: [worker({ name: 'local' })],
  builders: [
    builder({
      name: 'library',
      repository: 'library',
      workers: ['local'],
      steps: () => [checkout(), sh('make'), sh('make check')],
    }),
    builder({
      name: 'app',
      repository: 'app',
      workers: ['local'],
      steps: () => [
        checkout({ folder: 'app' }),
        sh('git clone --depth=1 https://git.example.org/library.git library', { name: 'library' }),
        sh('make LIBRARY=../library', { folder: 'app', name: 'build' }),
        sh('make check', { folder: 'app', name: 'tests' }),
      ],
    }),
  ],
  schedulers: [
    onChange({ name: 'library-commits', repository: 'library', builders: ['library'] }),
    onChange({ name: 'app-commits', repository: 'app', builders: ['app'] }),
  ],
});
