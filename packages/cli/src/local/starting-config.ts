export interface StartingConfig {
  /** Of the repository and in names: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** The repository's folder, seen from the config's. */
  readonly git: string;
  readonly branch: string;
  /** Shell lines. */
  readonly steps: readonly string[];
}

/** The text of a first `millrace.config.ts`. */
export function startingConfig(config: StartingConfig): string {
  const steps = config.steps.map((line) => `        sh(${quoted(line)}),`);
  const hint =
    "        // What builds and tests your project: sh('make'), sh(['npm', 'test']) ...\n        sh('ls -l'),";
  return `/// <reference path="./millrace-env.d.ts" />
import { builder, checkout, defineConfig, onChange, repository, sh, worker } from 'millrace';

export default defineConfig({
  repositories: [repository({ name: ${quoted(config.name)}, git: ${quoted(config.git)}, branches: [${quoted(config.branch)}] })],
  workers: [worker({ name: 'local' })],
  builders: [
    builder({
      name: 'check',
      repository: ${quoted(config.name)},
      workers: ['local'],
      steps: () => [
        checkout(),
${steps.length > 0 ? steps.join('\n') : hint}
      ],
    }),
  ],
  schedulers: [onChange({ name: 'every-commit', repository: ${quoted(config.name)}, builders: ['check'] })],
});
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
