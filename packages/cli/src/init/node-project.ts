import type { ProjectFiles, Recognise, StepLine, Tool } from './recognised.ts';

/** What a `package.json` says, as far as it is looked at. */
interface Manifest {
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly packageManager?: unknown;
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly optionalDependencies?: object;
  readonly workspaces?: unknown;
}

interface Manager {
  readonly tool: Tool;
  readonly lock: string | undefined;
  readonly install: string;
  run(script: string): string;
}

/** Of each of these the first script that there is runs, in this order. */
const wantedScripts = [['lint'], ['typecheck', 'type-check'], ['build'], ['test:ci', 'test']] as const;

/** npm, pnpm, Yarn and Bun: installed by the lock file, then the scripts that exist. */
export const nodeProject: Recognise = (files) => {
  if (!files.has('package.json')) return undefined;
  const manifest = manifestOf(files.text('package.json'));
  const manager = managerOf(files, manifest);
  const scripts = scriptsOf(manifest);
  const steps: StepLine[] = wantsInstall(manifest, manager)
    ? [{ line: manager.install, why: installReason(manager) }]
    : [];
  for (const names of wantedScripts) {
    const name = names.find((one) => scripts.has(one));
    if (name !== undefined) steps.push({ line: manager.run(name) });
  }
  if (steps.length === 0) {
    steps.push({ line: manager.install, why: 'package.json has no script "build" or "test" yet.' });
  }
  return {
    kind: 'node',
    because: ['package.json', ...(manager.lock === undefined ? [] : [manager.lock])],
    steps,
    env: {},
    tools: [{ command: 'node', from: 'nodejs' }, manager.tool],
  };
};

function manifestOf(text: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** A script that waits for changes never ends, and npm's own stands for none. */
function scriptsOf({ scripts }: Manifest): ReadonlySet<string> {
  if (typeof scripts !== 'object' || scripts === null) return new Set();
  const unfit = /no test specified|(^|\s)--watch(All)?(\s|$)/;
  return new Set(
    Object.entries(scripts).flatMap(([name, script]) =>
      typeof script === 'string' && !unfit.test(script) ? [name] : [],
    ),
  );
}

function managerOf(files: ProjectFiles, manifest: Manifest): Manager {
  const declared = typeof manifest.packageManager === 'string' ? manifest.packageManager.split('@')[0] : '';
  const lock = (...names: readonly string[]): string | undefined => names.find((name) => files.has(name));
  const pnpm = lock('pnpm-lock.yaml');
  const yarn = lock('yarn.lock');
  const bun = lock('bun.lock', 'bun.lockb');
  if (declared === 'pnpm' || (declared === '' && pnpm !== undefined)) return pnpmWith(pnpm);
  if (declared === 'yarn' || (declared === '' && yarn !== undefined))
    return yarnWith(yarn, files.text('yarn.lock'));
  if (declared === 'bun' || (declared === '' && bun !== undefined)) return bunWith(bun);
  return npmWith(lock('package-lock.json', 'npm-shrinkwrap.json'));
}

function npmWith(lock: string | undefined): Manager {
  return {
    tool: { command: 'npm', from: 'npm' },
    lock,
    install: lock === undefined ? 'npm install --no-audit --no-fund' : 'npm ci --no-audit --no-fund',
    run: (script) => (script === 'test' ? 'npm test' : `npm run ${script}`),
  };
}

function pnpmWith(lock: string | undefined): Manager {
  return {
    tool: { command: 'pnpm', from: 'corepack enable, or npm install -g pnpm' },
    lock,
    install: lock === undefined ? 'pnpm install' : 'pnpm install --frozen-lockfile',
    run: (script) => `pnpm run ${script}`,
  };
}

/** The lock file of Yarn 1 says so in its second line; later ones have another option. */
function yarnWith(lock: string | undefined, text: string): Manager {
  const frozen = /^# yarn lockfile v1$/m.test(text) ? '--frozen-lockfile' : '--immutable';
  return {
    tool: { command: 'yarn', from: 'corepack enable, or npm install -g yarn' },
    lock,
    install: lock === undefined ? 'yarn install' : `yarn install ${frozen}`,
    run: (script) => `yarn run ${script}`,
  };
}

function bunWith(lock: string | undefined): Manager {
  return {
    tool: { command: 'bun', from: 'https://bun.sh' },
    lock,
    install: lock === undefined ? 'bun install' : 'bun install --frozen-lockfile',
    run: (script) => `bun run ${script}`,
  };
}

/** Nothing to install where nothing is depended on. */
function wantsInstall(manifest: Manifest, manager: Manager): boolean {
  const lists = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies];
  return (
    manager.lock !== undefined ||
    manifest.workspaces !== undefined ||
    lists.some((list) => Object.keys(list ?? {}).length > 0)
  );
}

function installReason({ lock }: Manager): string {
  return lock === undefined
    ? 'There is no lock file: commit one, and what is installed is the same each time.'
    : `Exactly what ${lock} says.`;
}
