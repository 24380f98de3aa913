/** What `millrace init` looks at: the names of the files at the top of the repository, and the text of some. */
export interface ProjectFiles {
  has(name: string): boolean;
  text(name: string): string;
}

/**
 * Lines that build and test the project, as its files suggest them; a guess to begin with, for the person to
 * mend. Empty where nothing is recognised.
 */
export function projectSteps(files: ProjectFiles): readonly string[] {
  return [...npm(files), ...cargo(files), ...python(files), ...go(files), ...make(files)];
}

function npm(files: ProjectFiles): readonly string[] {
  if (!files.has('package.json')) return [];
  const scripts = scriptsOf(files.text('package.json'));
  const [install, run] = files.has('pnpm-lock.yaml')
    ? ['pnpm install --frozen-lockfile', 'pnpm']
    : files.has('yarn.lock')
      ? ['yarn install --immutable', 'yarn']
      : [files.has('package-lock.json') ? 'npm ci' : 'npm install', 'npm run'];
  return [
    install,
    ...['lint', 'build', 'test'].filter((name) => scripts.has(name)).map((name) => `${run} ${name}`),
  ];
}

function scriptsOf(text: string): ReadonlySet<string> {
  try {
    const { scripts = {} } = JSON.parse(text) as { readonly scripts?: Readonly<Record<string, string>> };
    return new Set(Object.keys(scripts).filter((name) => !/no test specified/.test(scripts[name] ?? '')));
  } catch {
    return new Set();
  }
}

function cargo(files: ProjectFiles): readonly string[] {
  return files.has('Cargo.toml') ? ['cargo build --locked', 'cargo test'] : [];
}

function python(files: ProjectFiles): readonly string[] {
  if (!files.has('pyproject.toml')) return [];
  const pytest = /pytest/.test(files.text('pyproject.toml'));
  return [
    'python3 -m venv .venv',
    '.venv/bin/pip install -e .',
    pytest ? '.venv/bin/pip install pytest && .venv/bin/pytest' : '.venv/bin/python -m unittest',
  ];
}

function go(files: ProjectFiles): readonly string[] {
  return files.has('go.mod') ? ['go build ./...', 'go test ./...'] : [];
}

function make(files: ProjectFiles): readonly string[] {
  if (!files.has('Makefile')) return [];
  const target = (name: string): boolean => new RegExp(`^${name}\\s*:`, 'm').test(files.text('Makefile'));
  return ['make', ...(target('check') ? ['make check'] : target('test') ? ['make test'] : [])];
}
