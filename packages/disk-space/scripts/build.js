// Makes the folder that is published: JavaScript and types from the sources, and a manifest that points at them.
// In the workspace the package is its sources, and private, so that they are never published by mistake; npm has
// no field that turns one into the other when it packs. Plain JavaScript: runs on Node 20.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const rootFolder = path.resolve(packageFolder, '../..');

/** Builds into `dist/` and returns the folder to pack. Throws with what the compiler says if it finds a fault. */
export function build() {
  const dist = path.join(packageFolder, 'dist');
  fs.rmSync(dist, { recursive: true, force: true });
  const typescript = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const args = [path.join(typescript, 'bin', 'tsc'), '-p', path.join(packageFolder, 'tsconfig.build.json')];
  const compiler = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (compiler.status !== 0) throw new Error(`tsc found faults:\n${compiler.stdout}${compiler.stderr}`);
  pointTypesAtTypes(path.join(dist, 'lib'));
  fs.writeFileSync(path.join(dist, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  fs.copyFileSync(path.join(packageFolder, 'README.md'), path.join(dist, 'README.md'));
  fs.copyFileSync(path.join(rootFolder, 'LICENSE'), path.join(dist, 'LICENSE'));
  return dist;
}

/** The workspace's manifest with its entry turned from source to built, and nothing that only we need. */
function publishedManifest() {
  const {
    private: _private,
    scripts: _scripts,
    ...manifest
  } = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  return {
    ...manifest,
    // One file for import and for require(): one copy of each class, so `instanceof` holds across both.
    exports: {
      '.': { types: './lib/index.d.ts', default: './lib/index.js' },
      './package.json': './package.json',
    },
    files: ['lib'],
  };
}

/** The compiler leaves `.ts` in the imports of declarations; those files are not published. */
function pointTypesAtTypes(folder) {
  for (const name of fs.readdirSync(folder).filter((found) => found.endsWith('.d.ts'))) {
    const file = path.join(folder, name);
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replaceAll(/(from ['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(build());
