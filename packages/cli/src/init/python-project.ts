import { shellWord } from '../client/shell-word.ts';
import { pythonManifest } from './python-manifest.ts';
import type { PythonManifest } from './python-manifest.ts';
import type { ProjectFiles, Recognise, StepLine, Tool } from './recognised.ts';

const python: Tool = { command: 'python3', from: 'python3' };
const venv: Tool = {
  command: 'python3',
  from: 'python3-venv',
  probe: ['-c', 'import ensurepip, venv'],
  part: "python3's venv",
};
const testFile = /(^|\/)(test[^/]*|[^/]*_test)\.py$/;

/**
 * Python: what is depended on goes into a virtual environment (or where uv or Poetry have it), then pytest where it
 * is declared, else unittest where there are tests.
 */
export const pythonProject: Recognise = (files) => {
  const signs = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'].filter((one) =>
    files.has(one),
  );
  if (signs.length === 0 && files.matching(testFile).length === 0) return undefined;
  const manifest = pythonManifest(files);
  const because = signs.length > 0 ? signs : ['*.py'];
  for (const [lock, command, install, from] of [
    ['uv.lock', 'uv', 'uv sync --locked --all-extras', 'https://docs.astral.sh/uv'],
    ['poetry.lock', 'poetry', 'poetry install --no-interaction', 'python3-poetry'],
  ] as const) {
    if (!files.has(lock)) continue;
    return {
      kind: 'python',
      because: [...because, lock],
      steps: [
        { line: install, why: `Exactly what ${lock} says.` },
        testStep(files, manifest, `${command} run `, 'python'),
      ],
      env: {},
      tools: [python, { command, from }],
    };
  }
  const installs = installSteps(files, manifest);
  const inVenv = installs.length > 0;
  const steps = inVenv
    ? [{ line: 'python3 -m venv .venv' }, ...installs, testStep(files, manifest, '.venv/bin/', 'python')]
    : [testStep(files, manifest, '', 'python3')];
  const sources = !inVenv && files.matching(/^src\/.*\.py$/).length > 0;
  return {
    kind: 'python',
    because,
    steps,
    env: sources ? { PYTHONPATH: 'src' } : {},
    tools: inVenv ? [python, venv] : [python],
  };
};

/** What is to be installed; nothing for a project that depends on nothing and runs as it lies there. */
function installSteps(files: ProjectFiles, manifest: PythonManifest): readonly StepLine[] {
  const requirements = files.matching(
    /^(requirements|(dev|test)[-_]requirements|requirements[-_](dev|test|tests))\.txt$/,
  );
  const lists = requirements.map((name) => ` -r ${name}`).join('');
  const groups = manifest.groups.map((name) => ` --group ${name}`).join('');
  const extras = manifest.extras.length > 0 ? `'.[${manifest.extras.join(',')}]'` : '.';
  const install = manifest.installable ? ` -e ${extras}` : '';
  const pytest = manifest.pytest && !manifest.pytestInstalled ? ' pytest' : '';
  const wanted = `${lists}${groups}${install}${pytest}`;
  if (wanted === '') return [];
  return [
    ...(groups === ''
      ? []
      : [{ line: ".venv/bin/pip install 'pip>=25.1'", why: 'The first pip that knows dependency groups.' }]),
    { line: `.venv/bin/pip install${wanted}` },
  ];
}

/** @param before What stands before a program of the environment's. */
function testStep(
  files: ProjectFiles,
  manifest: PythonManifest,
  before: string,
  interpreter: string,
): StepLine {
  if (manifest.pytest) return { line: `${before}pytest` };
  const tests = files.matching(testFile);
  const [first] = tests;
  if (first === undefined)
    return {
      line: `${before}${interpreter} -m compileall -q .`,
      why: 'There are no tests yet: at least it compiles.',
    };
  return { line: `${before}${interpreter} -m unittest discover${discovery(files, tests, first)}` };
}

/** unittest looks below one folder, and into those that are packages. */
function discovery(files: ProjectFiles, tests: readonly string[], first: string): string {
  const [top = ''] = first.split('/');
  const inOneFolder = top !== first && tests.every((name) => name.startsWith(`${top}/`));
  const pattern = tests.every((name) => name.endsWith('_test.py')) ? " -p '*_test.py'" : '';
  if (!inOneFolder) return pattern;
  const folder = shellWord(top);
  return files.has(`${top}/__init__.py`) ? ` -s ${folder} -t .${pattern}` : ` -s ${folder}${pattern}`;
}
