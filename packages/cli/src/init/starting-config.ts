import type { FoundProject } from './recognise.ts';
import type { StepLine } from './recognised.ts';

export interface StartingConfig {
  /** Of the repository and in names: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** The repository's folder, seen from the config's. */
  readonly git: string;
  readonly branch: string;
  readonly projects: readonly FoundProject[];
}

/** The text of a first `millrace.config.ts`. */
export function startingConfig(config: StartingConfig): string {
  const named = namedBuilders(config.projects);
  const repository = quoted(config.name);
  const builders =
    named.length === 0 ? [unknownProject(repository)] : named.map((one) => builder(one, repository));
  const names = named.length === 0 ? ['check'] : named.map(({ name }) => name);
  return `/// <reference path="./millrace-env.d.ts" />
import { builder, checkout, defineConfig, onChange, repository, sh, worker } from 'millrace';

// Written by \`millrace init\`, and yours from here on. \`millrace check\` tells everything that is wrong with it.
export default defineConfig({
  repositories: [
    repository({
      name: ${repository},
      git: ${quoted(config.git)},
      // Commits on these are built; 'release/*' would mean all that begin so.
      branches: [${quoted(config.branch)}],
    }),
  ],
  // The machines that build. \`millrace up\` starts the one named local.
  workers: [worker({ name: 'local' })],
  builders: [
${builders.join('\n')}
  ],
  schedulers: [
    onChange({ name: 'every-commit', repository: ${repository}, builders: [${names.map(quoted).join(', ')}] }),
  ],
});
`;
}

interface NamedBuilder {
  readonly name: string;
  readonly project: FoundProject;
}

/** One project is the builder `check`; several are called after their kinds and folders. */
export function namedBuilders(projects: readonly FoundProject[]): readonly NamedBuilder[] {
  const taken = new Set<string>();
  return projects.map((project) => {
    const { kind, folder } = project;
    const alone = projects.filter((one) => one.folder === folder).length === 1;
    const wanted =
      projects.length === 1 ? 'check' : folder === '' ? kind : alone ? folder : `${folder}-${kind}`;
    const base = nameFrom(wanted, kind);
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
    taken.add(name);
    return { name, project };
  });
}

/** A name as configs take it, made from a folder's. */
export function nameFrom(text: string, otherwise: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return name === '' ? otherwise : name;
}

function builder({ name, project }: NamedBuilder, repository: string): string {
  const { folder, env, steps, because } = project;
  const variables = Object.entries(env).map(([key, value]) => `${key}: ${quoted(value)}`);
  const where = folder === '' ? '' : `, { folder: ${quoted(folder)} }`;
  return [
    `    // From ${because.map((file) => oneLine(folder === '' ? file : `${folder}/${file}`)).join(' and ')}.`,
    ...head(name, repository),
    ...(variables.length > 0 ? [`      env: { ${variables.join(', ')} },`] : []),
    '      steps: () => [',
    '        checkout(),',
    ...steps.flatMap((step) => stepLines(step, where)),
    '      ],',
    '    }),',
  ].join('\n');
}

function head(name: string, repository: string): readonly string[] {
  return [
    '    builder({',
    `      name: ${quoted(name)},`,
    `      repository: ${repository},`,
    "      workers: ['local'],",
  ];
}

function stepLines({ line, why }: StepLine, where: string): readonly string[] {
  return [
    ...(why === undefined ? [] : [`        // ${oneLine(why)}`]),
    `        sh(${quoted(line)}${where}),`,
  ];
}

function unknownProject(repository: string): string {
  return [
    ...head('check', repository),
    '      steps: () => [',
    '        checkout(),',
    "        // What builds and tests your project: sh('make test'), sh(['npm', 'test']) ...",
    "        sh('ls -l'),",
    '      ],',
    '    }),',
  ].join('\n');
}

/** A text as a string of the language, whatever is in it. */
function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inside.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** For a comment: nothing in it ends the line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
}
