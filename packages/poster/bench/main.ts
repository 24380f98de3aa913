/**
 * `npm run bench -w @millrace/poster [rounds] [MiB] [alone]`: one file of 1 GiB, sent over loopback by curl, poster and (unless `alone`) its
 * peers, over http, over https, and to a server that stops reading. Medians of five rounds in one run; in a round
 * each sender has its turn, so that a noisy minute meets them all. Each sender and each server is a process.
 *
 * It measures and prints one table, and says of each promise whether it held.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './server-process.ts';

const rounds = Number(process.argv[2] ?? 5);
const sizeMiB = Number(process.argv[3] ?? 1024);
const stallMs = 3000;
const peers = process.argv[4] === 'alone' ? [] : ['fetch', 'form-data', 'form-data-encoder', 'axios', 'got'];

interface Sample {
  wallMs: number;
  cpuMs: number;
  peakMiB: number;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'poster-bench-'));
const file = path.join(folder, 'file.bin');
const certificate = fileURLToPath(new URL('../test/tls/test-only-cert.pem', import.meta.url));
const samples = new Map<string, Sample[]>();
let failed = false;
try {
  writeFile();
  for (const scheme of ['http', 'https']) {
    const discard = await startServer(new URL('sink-server.ts', import.meta.url), scheme, 'discard');
    const stall = await startServer(new URL('sink-server.ts', import.meta.url), scheme, 'stall');
    for (let round = 0; round < rounds; round += 1) {
      const url = `${scheme}://127.0.0.1:${discard.port}/`;
      keep(`${scheme} floor`, node('floor', url));
      keep(`${scheme} curl`, curl(url));
      for (const library of ['poster', ...peers]) keep(`${scheme} ${library}`, node(library, url));
      for (const library of ['poster', ...peers]) {
        keep(`${scheme} ${library} stalled`, node(library, `${scheme}://127.0.0.1:${stall.port}/`, stallMs));
      }
    }
    await discard.stop();
    await stall.stop();
  }
  print();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

function writeFile(): void {
  const block = Buffer.alloc(1024 * 1024, 'poster');
  const handle = fs.openSync(file, 'w');
  for (let at = 0; at < sizeMiB; at += 1) fs.writeSync(handle, block);
  fs.closeSync(handle);
}

function keep(name: string, sample: Sample | undefined): void {
  const list = samples.get(name) ?? [];
  if (sample !== undefined) list.push(sample);
  samples.set(name, list);
}

function node(library: string, url: string, giveUpMs = Infinity): Sample | undefined {
  const client = fileURLToPath(new URL('client.ts', import.meta.url));
  const run = spawnSync(process.execPath, [client, library, url, file, String(giveUpMs)], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
  });
  return run.status === 0 ? (JSON.parse(run.stdout) as Sample) : undefined;
}

/** curl's own time for the transfer; CPU and memory as GNU time or bash tell them. */
function curl(url: string): Sample | undefined {
  const script = `TIMEFORMAT='%U %S'; time curl -sS --cacert "$1" -F "file=@$2" -o /dev/null -w '%{time_total}' "$3"`;
  const run = spawnSync('bash', ['-c', script, 'curl', certificate, file, url], { encoding: 'utf8' });
  if (run.status !== 0) return undefined;
  const [user = 0, system = 0] = run.stderr.trim().split(' ').map(Number);
  return { wallMs: Number(run.stdout) * 1000, cpuMs: (user + system) * 1000, peakMiB: Number.NaN };
}

function median(name: string, of: keyof Sample): number {
  const values = (samples.get(name) ?? []).map((sample) => sample[of]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(): void {
  console.log(
    `${sizeMiB} MiB, medians of ${rounds} in one run, ${process.version}, ${os.cpus().length} cores\n`,
  );
  console.log('| | wall s | against curl | CPU s | peak MiB over Node’s floor | the same, server stalled |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const scheme of ['http', 'https']) {
    const floorMiB = median(`${scheme} floor`, 'peakMiB');
    const curlMs = median(`${scheme} curl`, 'wallMs');
    for (const library of ['curl', 'poster', ...peers]) {
      const name = `${scheme} ${library}`;
      const cells = [
        (median(name, 'wallMs') / 1000).toFixed(2),
        (median(name, 'wallMs') / curlMs).toFixed(2),
        (median(name, 'cpuMs') / 1000).toFixed(2),
        (median(name, 'peakMiB') - floorMiB).toFixed(0),
        (median(`${name} stalled`, 'peakMiB') - floorMiB).toFixed(0),
      ];
      console.log(`| ${name} | ${cells.join(' | ').replaceAll('NaN', '-')} |`);
    }
  }
  console.log();
  for (const [scheme, ratioMax] of [
    ['http', 1.1],
    ['https', 1.15],
  ] as const) {
    const name = `${scheme} poster`;
    const overFloorMiB = median(name, 'peakMiB') - median(`${scheme} floor`, 'peakMiB');
    check(
      `${scheme}: wall against curl`,
      median(name, 'wallMs') / median(`${scheme} curl`, 'wallMs'),
      ratioMax,
    );
    check(`${scheme}: peak MiB over Node’s floor`, overFloorMiB, 64);
    check(
      `${scheme}: peak MiB more when stalled`,
      median(`${name} stalled`, 'peakMiB') - median(name, 'peakMiB'),
      16,
    );
  }
}

function check(promise: string, value: number, max: number): void {
  const kept = value <= max;
  failed ||= !kept;
  console.log(`${kept ? 'kept  ' : 'BROKEN'} ${promise}: ${value.toFixed(2)}, at most ${max}`);
}
