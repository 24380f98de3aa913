// What `bin/millrace.js` and the script that bundles both know of the bundle in `dist/`, such as whether it was made of
// the sources as they are now. Plain JavaScript: it runs on Node 20.
import { createRequire } from 'node:module';
import path from 'node:path';

// Not imported: that has Node load the streams and promises of files, too, 5 ms of each command's start.
const fs = createRequire(import.meta.url)('node:fs');

/** In the bundle's folder: V8's code of what is in it, for as long as this version of Node runs it. */
export const cacheFolder = 'compiled';

/** By sizes and times of the files, named relative to `folder`: reading all of them takes longer than to start. */
export function stateOfSources(folder, sources) {
  return sources.map((source) => {
    const { size, mtimeMs } = fs.statSync(`${folder}/${source}`);
    return `${size} ${Math.round(mtimeMs)}`;
  });
}

/** False where there is none, or a source has changed or gone since. */
export function bundleIsFresh(folder) {
  try {
    const text = fs.readFileSync(path.join(folder, 'dist', 'sources.json'), 'utf8');
    const { sources, state } = JSON.parse(text);
    return stateOfSources(folder, sources).every((now, index) => now === state[index]);
  } catch {
    return false;
  }
}
