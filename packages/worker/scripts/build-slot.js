// Bundles the slot's entry into `dist/slot.js`, plain JavaScript: a slot starts in half the time and with a third
// less memory. `dist/slot.json` says which files went in and their hash, so that a stale bundle is never run:
// see `src/slot/program.ts`. Plain JavaScript itself, but it reads a source of ours: run it with Node 24.
//     node packages/worker/scripts/build-slot.js
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { hashOfSources } from '../src/slot/program.ts';

const worker = path.dirname(import.meta.dirname);

/** Builds the bundle anew and returns its path. */
export async function buildSlot() {
  const dist = path.join(worker, 'dist');
  const bundle = await rolldown({
    input: path.join(worker, 'src', 'slot', 'main.ts'),
    platform: 'node',
    // Native, and loaded from `node_modules` where it is there.
    external: ['koffi'],
    // What is imported and not used does nothing when it is loaded: so the checks of records that are read, and
    // their schema library, stay out of a process that only writes them.
    treeshake: { moduleSideEffects: false },
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error('The slot is to be one file.');
  const sources = chunk.moduleIds
    .filter((id) => path.isAbsolute(id))
    .map((id) => path.relative(worker, id))
    .sort((left, right) => (left < right ? -1 : 1));
  const record = { sources, hash: hashOfSources(worker, sources) };
  fs.mkdirSync(dist, { recursive: true });
  replaceFile(path.join(dist, 'slot.js'), chunk.code);
  // Last: a bundle that was cut off has no record, or an old one that does not fit.
  replaceFile(path.join(dist, 'slot.json'), `${JSON.stringify(record, null, 2)}\n`);
  return path.join(dist, 'slot.js');
}

/** A slot that starts meanwhile finds the old file or the new one, whole. */
function replaceFile(file, text) {
  const beside = `${file}.${process.pid}`;
  fs.writeFileSync(beside, text);
  fs.renameSync(beside, file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildSlot();
