import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '@millrace/kernel/clock';
import { secretPatterns } from '@millrace/worker/masking/secret-patterns';
import { MaskedLog } from '@millrace/worker/slot/masked-log';
import { journalFile } from '@millrace/worker/journal/journal-file';
import { JournalWriter } from '@millrace/worker/journal/journal-writer';
import { PatientWriter } from '@millrace/worker/journal/patient-writer';
import { nodeDisk } from '@millrace/worker/node-disk';
import { zstdCompressor } from '@millrace/worker/output/compressor';
import { LogWriter } from '@millrace/worker/output/log-writer';
import { loadLibc } from '@millrace/worker/libc';
import { PosixPlatform } from '@millrace/worker/platform-posix';
import { nodeStarter } from '@millrace/worker/process-starter';
import { CommandRun } from '@millrace/worker/steps/command-run';

/*
 * How fast a command's output becomes a journal: capture, mask, cut, compress, append, all on one thread, as in a
 * slot; with no secret to mask, with one, and with twenty.
 *
 *   node bench/worker-output.ts [MEGABYTES]
 *
 * Prints MB/s, by the clock and by the processor time of this process (what an idle machine would give at most):
 * the medians of five runs, and of five with the compression alone, for comparison.
 */
const runs = 5;
const megabytes = Number(process.argv[2] ?? 64);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-'));
const libc = await loadLibc();
const platform = new PosixPlatform(path.join(folder, 'fifos'), nodeStarter, libc?.widenPipe);
const outputFile = path.join(folder, 'output.txt');
const outputBytes = writeOutput(outputFile, megabytes * 1e6);

/** Lines as a compiler's, a block at a time, so that no garbage of this size is left to the measurement. */
function writeOutput(file: string, bytes: number): number {
  const handle = fs.openSync(file, 'w');
  let written = 0;
  for (let line = 0; written < bytes;) {
    let block = '';
    for (; block.length < 1e6; line++) {
      const name = `dir${line % 50}/file_${(line * 7919) % 10007}`;
      block += `[${line}] c++ -O2 -g -Wall -I/usr/include/part${line % 17} -o obj/${name}.o src/${name}.cpp\n`;
    }
    written += fs.writeSync(handle, block);
  }
  fs.closeSync(handle);
  return written;
}

interface Speed {
  readonly byClock: number;
  readonly byProcessor: number;
}

/** MB/s from now until the answer is called. */
function measure(): () => Speed {
  const began = performance.now();
  const usage = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(usage);
    const microseconds = (performance.now() - began) * 1000;
    return { byClock: outputBytes / microseconds, byProcessor: outputBytes / (user + system) };
  };
}

/** One build of one step that prints the file, from its start to its last record. */
async function wholePath(run: number, secrets: number): Promise<Speed> {
  const file = journalFile(folder, { build: run, fence: 1 });
  const journal = new PatientWriter(systemClock, JournalWriter.create(systemClock, nodeDisk, file), {
    onGrown: () => undefined,
    onFull: () => {
      throw new Error('The disk is full.');
    },
    onRoom: () => undefined,
  });
  const log = new MaskedLog(
    new LogWriter({
      clock: systemClock,
      compress: zstdCompressor,
      append: (fact, urgent) => journal.append(fact, urgent),
      log: 0,
      bytesMax: 1024 ** 3,
    }),
    secretPatterns(Array.from({ length: secrets }, (_, index) => sha256(`secret ${index}`).slice(0, 40))),
  );
  const speed = measure();
  const command = new CommandRun(
    {
      args: ['cat', outputFile],
      folder,
      env: { PATH: process.env['PATH'] ?? '' },
      separateStreams: false,
      marker: `bench/${run}`,
    },
    {
      clock: systemClock,
      platform,
      killGraceMs: 1_000,
      onOutput: (_stream, bytes) => log.write(bytes),
    },
  );
  await command.done;
  log.close();
  journal.close();
  const measured = speed();
  nodeDisk.remove(file.path);
  return measured;
}

function compressionAlone(): Speed {
  const bytes = fs.readFileSync(outputFile);
  const speed = measure();
  for (let at = 0; at < bytes.length; at += 131_072) zstdCompressor(bytes.subarray(at, at + 131_072));
  return speed();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function median(list: readonly number[]): number {
  return [...list].sort((left, right) => left - right)[Math.floor(list.length / 2)] ?? 0;
}

function say(what: string, speeds: readonly Speed[]): void {
  const byClock = median(speeds.map((speed) => speed.byClock)).toFixed(0);
  const byProcessor = median(speeds.map((speed) => speed.byProcessor)).toFixed(0);
  console.log(`${what}: ${byClock} MB/s by the clock, ${byProcessor} by processor time`);
}

const counts = [0, 1, 20] as const;
const whole = new Map<number, Speed[]>(counts.map((count) => [count, []]));
const alone: Speed[] = [];
for (let run = 0; run < runs; run++) {
  for (const [count, speeds] of whole) speeds.push(await wholePath(run * 100 + count, count));
  alone.push(compressionAlone());
}
for (const [count, speeds] of whole)
  say(`${megabytes} MB captured, cut, compressed, appended, ${count} secrets masked`, speeds);
say('compression alone', alone);
fs.rmSync(folder, { recursive: true });
