// Prints a log and keeps a copy of it: what a build's stored log must equal, byte for byte.
//
//   node emitter.js FOLDER LINES MS SEED
//
// FOLDER gets `starts` (a line each time it is started), `stops` (a line when it is told to stop), `progress`
// (lines printed so far) and `printed` (every byte it has printed). It prints LINES lines over about MS
// milliseconds, with pauses, pieces of lines, carriage returns and bytes that are no text.
import fs from 'node:fs';
import path from 'node:path';

const [folder = '.', linesText = '1000', msText = '1000', seedText = '1'] = process.argv.slice(2);
const lines = Number(linesText);
const ms = Number(msText);
const file = (name) => path.join(folder, name);

fs.appendFileSync(file('starts'), `${process.pid} ${Date.now()}\n`);
process.on('SIGTERM', () => {
  fs.appendFileSync(file('stops'), `${process.pid} SIGTERM\n`);
  process.exit(143);
});

let state = Number(seedText);
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const copy = fs.openSync(file('printed'), 'a');
const print = (bytes) => {
  fs.writeSync(copy, bytes);
  for (let written = 0; written < bytes.length;) written += fs.writeSync(1, bytes, written);
};
const pause = (pauseMs) =>
  new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });

const turnMs = 20;
const turns = Math.max(1, Math.round(ms / turnMs));
const began = Date.now();
let line = 0;
for (let turn = 0; turn < turns; turn++) {
  const until = Math.round(((turn + 1) / turns) * lines);
  const parts = [];
  for (; line < until; line++) parts.push(`${line} ${'compiling '.repeat(Math.floor(random() * 8))}\n`);
  if (random() < 0.05) parts.push(`${Math.floor(random() * 100)}%\r`);
  if (random() < 0.02) parts.push(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  // In two pieces, somewhere in the middle of a line.
  const cut = Math.floor(random() * bytes.length);
  print(bytes.subarray(0, cut));
  if (random() < 0.2) await pause(random() * 30);
  print(bytes.subarray(cut));
  fs.writeFileSync(file('progress'), String(line));
  const due = began + (turn + 1) * turnMs - Date.now();
  if (due > 0) await pause(due);
}
print(Buffer.from('the end, without a line feed'));
