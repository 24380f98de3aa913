import { builder, checkout, defineConfig, onChange, repository, secret, sh, worker } from 'millrace';

/**
 * A release that needs a token. The config names where the master finds it; the value reaches the one step that asks
 * for it, as an environment variable, and wherever it is printed the log says ***.
 */
export default defineConfig({
  repositories: [repository({ name: 'app', git: '.', branches: ['main', 'release/*'] })],
  workers: [worker({ name: 'local' })],
  secrets: {
    // From the environment of `millrace up` or `millrace master`, for this builder alone.
    'registry-token': { env: 'REGISTRY_TOKEN', builders: ['release'] },
  },
  builders: [
    builder({
      name: 'check',
      repository: 'app',
      workers: ['local'],
      steps: () => [checkout(), sh('npm ci'), sh('npm test')],
    }),
    builder({
      name: 'release',
      repository: 'app',
      workers: ['local'],
      // Published at most once: the worker itself stops before anybody else starts.
      onSilence: 'stop',
      steps: () => [
        checkout(),
        sh('npm ci'),
        sh('npm publish', { env: { NODE_AUTH_TOKEN: secret('registry-token') } }),
      ],
    }),
  ],
  schedulers: [onChange({ name: 'every-commit', repository: 'app', builders: ['check'] })],
});
