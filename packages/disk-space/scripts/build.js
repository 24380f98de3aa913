// Makes `dist/` the package that is published: JavaScript, types, a package.json that points at them.
// Plain JavaScript: runs on Node 20.
//
// Inside the workspace the package is its TypeScript source, so package.json names `src/` and is private;
// npm has no field that says otherwise at packing time. So the folder that is packed is `dist/`:
//     npm run build && npm publish ./dist
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const root = path.dirname(path.dirname(packageFolder));

/** Builds `dist/` anew and returns its path. Throws with the compiler's output when it does not compile. */
export function build() {
  const dist = path.join(packageFolder, 'dist');
  fs.rmSync(dist, { recursive: true, force: true });
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
  const result = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: packageFolder, encoding: 'utf8' });
  if (result.status !== 0)
    throw new Error(`tsc failed:\n${result.stdout}${result.stderr}${result.error ?? ''}`);
  fs.writeFileSync(path.join(dist, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  fs.copyFileSync(path.join(packageFolder, 'README.md'), path.join(dist, 'README.md'));
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(dist, 'LICENSE'));
  return dist;
}

function publishedManifest() {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  delete manifest.private;
  delete manifest.scripts;
  delete manifest.devDependencies;
  return {
    ...manifest,
    // One file for import and for require(): one copy of each class, so `instanceof` holds across both.
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    types: './index.d.ts',
    sideEffects: false,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(build());
