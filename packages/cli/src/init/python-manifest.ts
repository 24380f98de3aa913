import { parse } from 'smol-toml';
import type { ProjectFiles } from './recognised.ts';

/** What a Python project says of itself, as far as it is looked at. */
export interface PythonManifest {
  /** There is something that `pip install .` brings: a dependency, or a package in `src`. */
  readonly installable: boolean;
  /** Optional dependencies that the tests want. */
  readonly extras: readonly string[];
  /** Dependency groups (PEP 735) that the tests want. */
  readonly groups: readonly string[];
  /** Its tests are pytest's. */
  readonly pytest: boolean;
  /** What is installed brings pytest. */
  readonly pytestInstalled: boolean;
}

const forTests = ['test', 'tests', 'testing', 'dev'] as const;

/** Reads `pyproject.toml`, `setup.py`, `setup.cfg` and lists of requirements. */
export function pythonManifest(files: ProjectFiles): PythonManifest {
  const toml = tomlOf(files.text('pyproject.toml'));
  const project = tableIn(toml, 'project');
  const optional = tableIn(project, 'optional-dependencies');
  const groupTable = tableIn(toml, 'dependency-groups');
  const extras = forTests.filter((name) => name in optional);
  const groups = forTests.filter((name) => name in groupTable);
  const requirements = files
    .matching(/^[\w-]*requirements[\w-]*\.txt$/)
    .map((name) => files.text(name))
    .join('\n');
  const setup = files.text('setup.py') + files.text('setup.cfg');
  const wanted = [...extras.map((name) => optional[name]), ...groups.map((name) => groupTable[name])];
  const pytestInstalled =
    /^pytest\b/m.test(requirements) ||
    JSON.stringify([project['dependencies'] ?? [], ...wanted]).includes('"pytest') ||
    /install_requires[^\]]*pytest/.test(setup);
  return {
    installable: isInstallable(files, project, extras, setup),
    extras,
    groups,
    pytest:
      pytestInstalled ||
      files.has('pytest.ini') ||
      files.matching(/(^|\/)conftest\.py$/).length > 0 ||
      'pytest' in tableIn(toml, 'tool') ||
      /\[tool:pytest\]/.test(files.text('setup.cfg')) ||
      /^\[pytest\]/m.test(files.text('tox.ini')),
    pytestInstalled,
  };
}

function isInstallable(
  files: ProjectFiles,
  project: Table,
  extras: readonly string[],
  setup: string,
): boolean {
  const depends = Array.isArray(project['dependencies']) && project['dependencies'].length > 0;
  const packaged = 'name' in project || files.has('setup.py');
  const inSources = packaged && files.matching(/^src\/.*\.py$/).length > 0;
  return depends || extras.length > 0 || inSources || /install_requires/.test(setup);
}

type Table = Readonly<Record<string, unknown>>;

/** A file that cannot be read says nothing: who runs pip is told what is wrong with it. */
function tomlOf(text: string): Table {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

function tableIn(table: Table, name: string): Table {
  const value = table[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
