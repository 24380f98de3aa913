import { checkout, defineConfig, matrix, onChange, repository, sh, worker } from 'millrace';

/** A builder for each platform and kind: test-linux-debug, test-linux-release, test-mac-release. */
const tests = matrix({
  name: 'test-{platform}-{kind}',
  axes: {
    platform: [
      { name: 'linux', workers: ['linux-1', 'linux-2'] },
      { name: 'mac', workers: ['mac-1'] },
    ],
    kind: ['debug', 'release'],
  },
  exclude: [{ platform: 'mac', kind: 'debug' }],
  builder: ({ platform, kind }) => ({
    repository: 'app',
    workers: platform.workers,
    tags: [platform.name, kind],
    env: { KIND: kind },
    steps: () => [checkout(), sh(['make', kind]), sh(['make', 'check'], { name: 'tests' })],
  }),
});

export default defineConfig({
  repositories: [
    repository({ name: 'app', git: 'https://git.example.org/app.git', branches: ['main', 'release/*'] }),
  ],
  workers: ['linux-1', 'linux-2', 'mac-1'].map((name) => worker({ name })),
  builders: tests,
  schedulers: [onChange({ name: 'every-push', repository: 'app', builders: tests.map(({ name }) => name) })],
});
