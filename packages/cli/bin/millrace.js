#!/usr/bin/env node
// The start of every command, on whatever Node there is: the program itself wants Node 24 or newer.
import module, { createRequire } from 'node:module';
import path from 'node:path';
import { bundleIsFresh, cacheFolder } from './bundle-state.js';

const wanted = 24;
/** These commands have a start of their own, which reads no other's code. */
const masters = new Set(['up', 'master']);
const require = createRequire(import.meta.url);
// Neither is "node:process" imported: that opens standard input, and loads what files, sockets and lines need.
// Not imported: see bundle-state.js.
const fs = require('node:fs');
const folder = path.dirname(import.meta.dirname);

if (Number(process.versions.node.split('.')[0]) >= wanted) await import(program());
else runWithProjectsNode();

/** The bundle; while the sources are worked on, these. */
function program() {
  const start = masters.has(process.argv[2]) ? 'serve' : 'main';
  // Where only the bundle was installed, there is nothing that it could be older than.
  const bundled = bundleIsFresh(folder) || !fs.existsSync(path.join(folder, 'src', 'main.ts'));
  if (!bundled) return `../src/${start}.ts`;
  // A quarter of the main thread's part of a master's start is compiling. Where the folder is not ours to write, what
  // lies in it for this user is read, and nothing is written. Each user has a folder in it.
  module.enableCompileCache(path.join(folder, 'dist', cacheFolder));
  return `../dist/${start}.js`;
}

/** The npm package `node` brings a Node of its own, which this project depends on. */
function projectsNode() {
  try {
    const folder = path.dirname(require.resolve('node/package.json'));
    const file = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return fs.existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function runWithProjectsNode() {
  const node = projectsNode();
  if (node === undefined) {
    console.error(
      `millrace: this is Node ${process.versions.node}; millrace wants Node ${wanted} or newer.\n` +
        'Run `npm install` in the clone, which brings one along, or install it from https://nodejs.org.',
    );
    process.exit(2);
  }
  const { spawn } = require('node:child_process');
  // The line between the two tells the child of our end, also of a `kill -9`: see src/wrapped.ts.
  const child = spawn(node, process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MILLRACE_WRAPPED: '1' },
  });
  // An interrupt at the terminal reaches both of us; what is sent to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`millrace: ${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal !== null) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}
