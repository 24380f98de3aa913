// Bundles the `millrace` command into `dist/`, plain JavaScript in one folder: the command itself, every program that
// it starts in a thread or a process of its own, and the pages. It starts several times as fast as the sources,
// with half the memory. `dist/compiled/` is V8's code of it: whoever may write there adds to it. `dist/sources.json`
// says which files went in, so that `bin/millrace.js` never runs a stale bundle. Run it with Node 24:
//     node packages/cli/scripts/bundle.js
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { programName } from '@millrace/kernel/program-url';
import { cacheFolder, stateOfSources } from '../bin/bundle-state.js';
import { builtInsByUse } from './built-ins.js';
import { writeInAscii } from './in-ascii.js';
import { warmCache } from './warm-cache.js';

const cli = path.dirname(import.meta.dirname);
const packages = path.dirname(cli);
const dist = path.join(cli, 'dist');

/** What is started by its own name, as `programUrl` is told it: by the file that it is. */
const programs = {
  './agent/main.ts': 'worker/src/agent/main.ts',
  './config-worker.ts': 'master/src/config/thread/config-worker.ts',
  './store-thread.ts': 'master/src/store/sqlite/thread/store-thread.ts',
  './thread/watch-thread.ts': 'master/src/profile/thread/watch-thread.ts',
  './source-process/main.ts': 'master/src/changes/source-process/main.ts',
};
/** What a program imports by its own name, and has parts in common with. */
const modules = { './config-worker.ts': { '../surface.ts': 'master/src/config/surface.ts' } };
/**
 * The entries of each bundle, by their names. A process or thread reads one bundle: what the programs have in common
 * each would else find, open and link as dozens of small files. Nothing is lost by it, since threads share no code.
 */
const bundles = [
  { main: 'cli/src/main.ts' },
  { serve: 'cli/src/serve.ts' },
  ...Object.entries(programs).map(([source, file]) => ({
    [`${entryName(source)}.program`]: file,
    ...byEntryName(modules[source] ?? {}),
  })),
];
/** Native or optional: loaded from `node_modules` where they are there. */
const external = ['bufferutil', 'utf-8-validate', 'pg-native'];

// Beside the old one, and put in its place at once: a command that starts meanwhile finds one or the other.
const beside = `${dist}.${process.pid}`;
const output = [];
for (const entries of bundles) output.push(...(await bundled(entries)));
for (const { fileName, type } of output) if (type === 'chunk') writeInAscii(path.join(beside, fileName));
// A thread does not have its process's cache of compiled code by itself, and what it imports is compiled before its
// own first line runs: so each program is begun by a file that imports nothing of ours.
for (const source of Object.keys(programs)) {
  const name = programName(source);
  fs.writeFileSync(path.join(beside, name), beginning(name.replace(/js$/, 'program.js')));
}
// The slots' own bundle is smaller; the pages are what browsers get.
fs.copyFileSync(path.join(packages, 'worker/dist/slot.js'), path.join(beside, 'slot.js'));
fs.cpSync(path.join(packages, 'web/dist'), path.join(beside, 'pages'), { recursive: true });

const read = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const sources = [...new Set(read)]
  .filter((id) => path.isAbsolute(id) && !id.includes('node_modules'))
  .map((id) => path.relative(cli, id))
  .sort((left, right) => (left < right ? -1 : 1));
const record = { sources, state: stateOfSources(cli, sources) };
fs.writeFileSync(path.join(beside, 'sources.json'), `${JSON.stringify(record)}\n`);

fs.rmSync(dist, { recursive: true, force: true });
fs.renameSync(beside, dist);
await warmCache(cli);

/** @param {string} source as `programUrl` is told it */
function entryName(source) {
  return path.basename(programName(source), '.js');
}

function byEntryName(files) {
  return Object.fromEntries(Object.entries(files).map(([source, file]) => [entryName(source), file]));
}

/** Written into the folder. @param {Record<string, string>} entries by their names, in the folder of the packages */
async function bundled(entries) {
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, path.join(packages, file)]),
  );
  const bundle = await rolldown({
    input,
    platform: 'node',
    external,
    plugins: [builtInsByUse()],
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: beside,
    format: 'esm',
    sourcemap: true,
    // Without comments and indentation, a master holds 8 MiB less: the text is in each of its threads, and the watcher
    // has V8 keep a table of its lines. Names stay: profiles and stacks tell of them.
    minify: { mangle: false, compress: false, codegen: true },
    // The sources lie beside it; with them in it, whoever reads a map parses three times as much.
    sourcemapExcludeSources: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
  return output;
}

function beginning(program) {
  return [
    "import module from 'node:module';",
    `module.enableCompileCache(\`\${import.meta.dirname}/${cacheFolder}\`);`,
    `await import('./${program}');`,
    '',
  ].join('\n');
}
