// Makes the folder that is published: JavaScript and types from the sources, and a manifest that points at them.
// In the workspace the package is its sources. Plain JavaScript: runs on Node 20.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const rootFolder = path.resolve(packageFolder, '../..');

/** Builds into `dist/` and returns the folder to pack. Throws if the compiler finds a fault. */
export function build() {
  const dist = path.join(packageFolder, 'dist');
  fs.rmSync(dist, { recursive: true, force: true });
  const typescript = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const compiler = spawnSync(
    process.execPath,
    [path.join(typescript, 'bin', 'tsc'), '-p', path.join(packageFolder, 'tsconfig.build.json')],
    { stdio: 'inherit' },
  );
  if (compiler.status !== 0) throw new Error('tsc found faults; they are told above');
  pointTypesAtTypes(path.join(dist, 'lib'));
  fs.writeFileSync(path.join(dist, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  fs.copyFileSync(path.join(packageFolder, 'README.md'), path.join(dist, 'README.md'));
  fs.copyFileSync(path.join(rootFolder, 'LICENSE'), path.join(dist, 'LICENSE'));
  return dist;
}

/** The workspace's manifest with its entries turned from `src/*.ts` to `lib/*.js`, and nothing that only we need. */
function publishedManifest() {
  const {
    scripts: _scripts,
    devDependencies: _dev,
    ...manifest
  } = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  const entries = Object.entries(manifest.exports).map(([name, conditions]) => [
    name,
    Object.fromEntries(Object.entries(conditions).flatMap(([condition, source]) => built(condition, source))),
  ]);
  return {
    ...manifest,
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    files: ['lib'],
  };
}

function built(condition, source) {
  const base = source.replace(/^\.\/src\/(.*)\.ts$/, './lib/$1');
  if (condition === 'types') return [[condition, `${base}.d.ts`]];
  if (condition === 'default') return [[condition, `${base}.js`]];
  return [[condition, { types: `${base}.d.ts`, default: `${base}.js` }]];
}

/** The compiler leaves `.ts` in the imports of declarations; those files are not published. */
function pointTypesAtTypes(folder) {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.d.ts')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replaceAll(/(from ['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(path.relative(process.cwd(), build()));
