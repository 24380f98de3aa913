import { builder, checkout, defineConfig, onChange, property, repository, sh, token, worker } from 'millrace';

/** What `millrace token` prints: the hash stands here, the token is given to the worker or the person. */
const hashes = {
  linux: 'sha256:0000000000000000000000000000000000000000000000000000000000000001',
  mac: 'sha256:0000000000000000000000000000000000000000000000000000000000000002',
  ann: 'sha256:0000000000000000000000000000000000000000000000000000000000000003',
};

const platforms = [
  { name: 'linux', workers: ['linux-1', 'linux-2'] },
  { name: 'mac', workers: ['mac-1'] },
];

/** Several machines and platforms, and a deployment: what a person starts, with the version to deploy. */
export default defineConfig({
  lostAfterMs: 60_000,
  repositories: [
    repository({
      name: 'app',
      git: 'https://git.example.org/app.git',
      branches: ['main', 'release/*'],
      pollEveryMs: 10_000,
    }),
  ],
  workers: [
    worker({ name: 'linux-1', tokenHash: hashes.linux }),
    worker({ name: 'linux-2', tokenHash: hashes.linux }),
    worker({ name: 'mac-1', tokenHash: hashes.mac }),
  ],
  builders: [
    ...platforms.map(({ name, workers }) =>
      builder({
        name: `test-${name}`,
        tags: [name],
        repository: 'app',
        workers,
        env: { CI: '1' },
        steps: (build) => [
          checkout(),
          sh('npm ci', { limits: { noOutputMs: 5 * 60_000 } }),
          sh(['npm', 'test'], { name: 'tests', limits: { totalMs: 30 * 60_000 } }),
          // Only where it counts.
          build.source?.branch.startsWith('release/') === true &&
            sh('npm run test:long', { name: 'long tests' }),
          sh('rm -rf coverage.tmp', { name: 'clean up', always: true }),
        ],
      }),
    ),
    builder({
      name: 'deploy',
      repository: 'app',
      workers: ['linux-1'],
      priority: 100,
      // The worker ends the deployment itself before anybody else may start it again.
      onSilence: 'stop',
      properties: { target: 'staging' },
      steps: () => [
        checkout(),
        // millrace force deploy --property target=production
        sh(['./deploy', '--to', property('target'), ['--revision=', property('revision')]], {
          name: 'deploy',
          killGraceMs: 60_000,
        }),
      ],
    }),
  ],
  schedulers: [onChange({ name: 'every-push', repository: 'app', builders: ['test-linux', 'test-mac'] })],
  tokens: [token({ name: 'ann', hash: hashes.ann, scopes: ['read', 'write'] })],
});
