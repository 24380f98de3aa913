import {
  all,
  builder,
  buildResult,
  changedFiles,
  checkout,
  defineConfig,
  link,
  matrix,
  not,
  onChange,
  property,
  repository,
  setProperty,
  sh,
  stepResult,
  worker,
  workerFact,
  workerTool,
} from 'millrace';
import type { Step } from 'millrace';

/** Steps are values: a function of your own gives some of them, and may ask for what it likes. */
function describe(): readonly Step[] {
  return [
    sh('git describe --always --tags', { name: 'describe', setProperty: 'version' }),
    setProperty('title', ['app ', property('version')]),
  ];
}

/** All that steps can be told, on a repository of this machine: `millrace up --config examples/steps/millrace.config.ts`. */
export default defineConfig({
  repositories: [repository({ name: 'app', git: '../..', branches: ['main'] })],
  workers: [worker({ name: 'local' })],
  builders: [
    builder({
      name: 'tour',
      repository: 'app',
      workers: ['local'],
      properties: { deploy: false },
      steps: (build) => [
        checkout(),
        describe(),
        // Tried again where the network has a bad day; each try has its own log.
        sh('test -n "$PATH"', { name: 'fetch', retry: { times: 2, backoffMs: 500, exitCodes: [7, 28] } }),
        // 1 is "there are findings": worth a look, no reason to stop.
        sh('! grep -rn "FIXME" README.md', { name: 'findings', warnOnExitCodes: [1] }),
        sh('echo "a.c:1: warning: unused"', { name: 'compile', warnOnOutput: /\bwarning:/i }),
        sh('git ls-files "*.md" | wc -l', {
          name: 'docs',
          when: changedFiles.match('docs/**', '**/*.md'),
          setProperty: 'pages',
        }),
        sh('make style', { name: 'style', allowFailure: true, when: workerTool('make').isSet() }),
        sh('true', { name: 'unit', continueOnFailure: true }),
        sh('uname -a', {
          name: 'linux only',
          when: all(workerFact('os').is('linux'), not(stepResult('unit').is('failure'))),
        }),
        // Known when the plan is made: a condition of plain TypeScript.
        build.source?.branch === 'main' &&
          link('Commit', ['https://git.example.org/app/commit/', property('revision')]),
        sh(['echo', 'deploy', property('title')], { name: 'deploy', when: property('deploy').is(true) }),
        sh('echo "this is why it failed"', {
          name: 'explain',
          always: true,
          when: buildResult().is('failure', 'exception'),
        }),
      ],
    }),
    ...matrix({
      name: 'test-{platform}-{kind}',
      axes: { platform: [{ name: 'here', workers: ['local'] }], kind: ['debug', 'release'] },
      builder: ({ platform, kind }) => ({
        repository: 'app',
        workers: platform.workers,
        tags: [platform.name, kind],
        steps: () => [checkout(), sh(['echo', kind], { name: 'test' })],
      }),
    }),
  ],
  schedulers: [onChange({ name: 'every-commit', repository: 'app', builders: ['tour'] })],
});
