import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Command, ProcessEnd } from '@millrace/worker/platform';
import { assert } from '@millrace/kernel/assert';
import { loadLibc } from '@millrace/worker/libc';
import { PosixPlatform, posixProcesses } from '@millrace/worker/platform-posix';
import { PosixSpawnStarter } from '@millrace/worker/posix-spawn';
import { nodeStarter } from '@millrace/worker/process-starter';
import type { ProcessStarter } from '@millrace/worker/process-starter';
import { until } from './harness/until.ts';

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };

/** A running command, and what it has told so far. */
class Running {
  readonly #changed: (() => void)[] = [];
  output = { combined: '', stdout: '', stderr: '' };
  end: ProcessEnd | undefined;
  outputEnded = false;
  command: Command | undefined;

  changed(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }

  /** Waits for something that the command tells. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  async finished(): Promise<void> {
    await this.until(() => this.end !== undefined && this.outputEnded);
  }
}

describe('the pipe of a command', () => {
  test('is widened when the command has filled it, and not for one that prints little', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-pipe-'));
    const widened: number[] = [];
    const platform = new PosixPlatform(folder, nodeStarter, (_file, bytes) => widened.push(bytes));
    const bytesOf = async (args: [string, ...string[]]): Promise<number> => {
      let bytes = 0;
      await new Promise<void>((resolve) => {
        const started = { args, folder, env, separateStreams: false, marker: 'pipe' };
        const onOutput = (_stream: string, part: Uint8Array): void => void (bytes += part.length);
        platform.startCommand(started, { onOutput, onOutputEnd: resolve, onExit: () => undefined });
      });
      return bytes;
    };
    expect(await bytesOf(['echo', 'little'])).toBe(7);
    expect(widened).toEqual([]);
    // What fits into an empty pipe is written in one piece, and read so.
    expect(await bytesOf(['sh', '-c', 'dd if=/dev/zero bs=65536 count=4 2> dd'])).toBe(4 * 65_536);
    expect(widened).toEqual([256 * 1024]);
    fs.rmSync(folder, { recursive: true });
  });

  test('holds as much as it is let', async () => {
    const libc = await loadLibc();
    assert(libc !== undefined, "the C library of this machine can be called: 'npm install' brings koffi");
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-pipe-'));
    const file = path.join(folder, 'fifo');
    execFileSync('mkfifo', [file]);
    const pipe = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    expect(fs.writeSync(pipe, Buffer.alloc(200_000))).toBe(64 * 1024);
    fs.readSync(pipe, Buffer.alloc(64 * 1024));
    libc.widenPipe(pipe, 256 * 1024);
    expect(fs.writeSync(pipe, Buffer.alloc(200_000))).toBe(200_000);
    fs.closeSync(pipe);
    fs.rmSync(folder, { recursive: true });
  });
});

describe.each([
  { way: 'spawn of Node', starterOf: () => Promise.resolve(nodeStarter) },
  // The last of them: from then on it takes up all children of this process, Node's too.
  { way: 'posix_spawn', starterOf: posixSpawn },
])('commands on this machine, by $way', ({ starterOf }) => {
  let starter: ProcessStarter;
  let folder: string;
  let platform: PosixPlatform;
  let marker: string;
  let runs: Running[];

  beforeAll(async () => {
    starter = await starterOf();
  });

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-platform-'));
    platform = new PosixPlatform(path.join(folder, 'fifos'), starter);
    marker = `${path.basename(folder)}/0/1-1/0`;
    runs = [];
  });

  afterEach(async () => {
    for (const run of runs) {
      run.command?.signalTree('SIGKILL');
      run.command?.abandonOutput();
      await run.until(() => run.end !== undefined);
    }
    // One that is killed takes a moment to go.
    await until('nothing is left', () => platform.signalMarked(path.basename(folder), 'SIGKILL') === 0);
    fs.rmSync(folder, { recursive: true });
  });

  function start(
    args: [string, ...string[]],
    separateStreams = false,
    environment = env,
  ): { run: Running; command: Command } {
    const run = new Running();
    const command = platform.startCommand(
      { args, folder, env: environment, separateStreams, marker },
      {
        onOutput: (stream, bytes) => {
          run.output[stream] += Buffer.from(bytes).toString('latin1');
          run.changed();
        },
        onExit: (end) => {
          run.end = end;
          run.changed();
        },
        onOutputEnd: () => {
          run.outputEnded = true;
          run.changed();
        },
      },
    );
    run.command = command;
    runs.push(run);
    return { run, command };
  }

  test('a command exits with its code, one after the other over the same FIFO', async () => {
    for (const code of [0, 3, 7]) {
      const { run } = start(['sh', '-c', `echo code ${code}; exit ${code}`]);
      await run.finished();
      expect(run.output.combined).toBe(`code ${code}\n`);
      expect(run.end).toEqual({ exitCode: code, signal: null });
    }
    expect(fs.readdirSync(path.join(folder, 'fifos'))).toHaveLength(1);
  });

  test('an end by a signal is told', async () => {
    const { run } = start(['sh', '-c', 'kill -9 $$']);
    await run.finished();
    expect(run.end).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  test('a command that is not there, or a folder, is said by name', async () => {
    expect(() => start(['no-such-command-anywhere'])).toThrow(
      expect.objectContaining({
        code: 'spawn-failed',
        message: expect.stringContaining('no-such-command-anywhere'),
      }),
    );
    expect(() => start(['./no-such-file'])).toThrow("The command './no-such-file' was not found.");
    fs.writeFileSync(path.join(folder, 'plain'), '');
    expect(() => start(['./plain'])).toThrow('may not be executed');
    expect(() =>
      platform.startCommand(
        { args: ['true'], folder: path.join(folder, 'none'), env, separateStreams: false, marker },
        { onOutput: () => {}, onExit: () => {}, onOutputEnd: () => {} },
      ),
    ).toThrow(`the folder ${path.join(folder, 'none')} is not there`);
    const { run } = start(['true']);
    await run.finished();
  });

  test('what the system cannot be handed is said', async () => {
    expect(() => start(['echo', 'a\0b'])).toThrow(expect.objectContaining({ code: 'spawn-failed' }));
    expect(() => start(['echo', 'x'.repeat(1024 ** 2)])).toThrow(
      expect.objectContaining({ code: 'spawn-failed', message: expect.stringContaining("'echo'") }),
    );
    const most = Array.from({ length: 15 }, () => 'x'.repeat(100 * 1024));
    const { run } = start(['sh', '-c', 'echo $#', 'sh', ...most]);
    await run.finished();
    expect(run.output.combined).toBe('15\n');
  });

  test('a command is looked for in the PATH of its own environment, past what may not be executed', async () => {
    for (const name of ['first', 'second']) fs.mkdirSync(path.join(folder, name));
    fs.writeFileSync(path.join(folder, 'first', 'tool'), '', { mode: 0o600 });
    // Without a line that says by what it is run: then it is the shell.
    fs.writeFileSync(path.join(folder, 'second', 'tool'), 'echo "$0 $1"; pwd\n', { mode: 0o700 });
    for (const second of [path.join(folder, 'second'), 'second']) {
      const paths = `${folder}/first:${folder}/none:${second}`;
      const { run } = start(['tool', 'an argument: ü'], false, { PATH: `${paths}:/usr/bin:/bin` });
      await run.finished();
      const output = Buffer.from(run.output.combined, 'latin1').toString();
      expect(output).toBe(`${second}/tool an argument: ü\n${folder}\n`);
    }
  });

  test('a command has a session of its own, no input, no open file of ours, and signals as usual', async () => {
    const { run } = start([
      'sh',
      '-c',
      'cat; cut -d " " -f 5,6 /proc/$$/stat; echo $$; ls /proc/$$/fd; grep -E "Sig(Blk|Ign)" /proc/self/status',
    ]);
    await run.finished();
    const [group, number, ...rest] = run.output.combined.trim().split('\n');
    expect(group).toBe(`${number} ${number}`);
    expect(rest.slice(0, 3)).toEqual(['0', '1', '2']);
    // Without the two that glibc keeps for itself, 32 and 33.
    const signals = rest
      .filter((line) => line.startsWith('Sig'))
      .map((line) => BigInt(`0x${line.split('\t')[1]}`));
    for (const set of signals) expect(set & ~(3n << 31n)).toBe(0n);
  });

  test('stdout and stderr come in the order in which they were written', async () => {
    const script = 'i=0; while [ $i -lt 5000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done';
    const { run } = start(['sh', '-c', script]);
    await run.finished();
    const expected = Array.from({ length: 5000 }, (_, i) => `out ${i}\nerr ${i}\n`).join('');
    expect(run.output.combined === expected).toBe(true);
  });

  test('stdout and stderr come apart when they are asked for', async () => {
    const { run } = start(['sh', '-c', 'echo out; echo err >&2'], true);
    await run.finished();
    expect(run.output).toEqual({ combined: '', stdout: 'out\n', stderr: 'err\n' });
  });

  test('a program may open /dev/stdout and /dev/stderr', async () => {
    const { run } = start(['sh', '-c', 'echo a > /dev/stdout; echo b > /dev/stderr; echo c']);
    await run.finished();
    expect(run.output.combined).toBe('a\nb\nc\n');
  });

  test('nothing is inherited but the marker', async () => {
    const { run } = start(['env']);
    await run.finished();
    const names = run.output.combined
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '');
    expect(names.sort()).toEqual(['MILLRACE_TREE', 'PATH']);
  });

  test('a pause blocks the command, and nothing is lost', async () => {
    const progress = path.join(folder, 'progress');
    const script = `i=0; while [ $i -lt 200 ]; do head -c 10000 /dev/zero | tr '\\0' x; i=$((i+1)); echo $i > ${progress}; done`;
    const { run, command } = start(['sh', '-c', script]);
    await run.until(() => run.output.combined.length > 0);
    command.pause();
    const atPause = run.output.combined.length;
    // It can get as far as the FIFO has room, 64 KiB; a sibling that outlasts that shows that it stays there.
    const other = start(['sh', '-c', 'sleep 0.3']);
    await other.run.finished();
    expect(run.output.combined.length).toBe(atPause);
    const written = Number(fs.existsSync(progress) ? fs.readFileSync(progress, 'utf8') : 0) * 10_000;
    expect(written).toBeLessThanOrEqual(atPause + 64 * 1024 + 10_000);
    expect(run.end).toBeUndefined();
    command.resume();
    await run.finished();
    expect(run.output.combined.length).toBe(2_000_000);
  });

  test('a tree ends as a whole, also children that left the group and the session', async () => {
    const { run, command } = start([
      'sh',
      '-c',
      'setsid sleep 1000 & (setsid sh -c "sleep 1000 & sleep 1000" &) ; sleep 1000 & echo ready; wait',
    ]);
    await run.until(() => run.output.combined.includes('ready'));
    expect(command.treeAlive()).toBe(true);
    command.signalTree('SIGTERM');
    await run.until(() => run.end !== undefined);
    expect(run.end).toEqual({ exitCode: null, signal: 'SIGTERM' });
    // Those that were forking when they were looked for.
    while (command.treeAlive()) command.signalTree('SIGKILL');
    await run.finished();
  });

  test('a daemon that is just making itself one is not overlooked', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const script = '(setsid sh -c "(sh -c \\"sleep 1000\\" &)" > /dev/null 2>&1 &)';
      const { run, command } = start(['sh', '-c', script]);
      await run.finished();
      expect(command.treeAlive()).toBe(true);
      while (command.treeAlive()) command.signalTree('SIGKILL');
    }
  });

  test('a grandchild holds the output after the command has gone, until it is let go of', async () => {
    const { run, command } = start(['sh', '-c', 'setsid sleep 1000 & echo started']);
    await run.until(() => run.end !== undefined);
    expect(run.outputEnded).toBe(false);
    expect(command.treeAlive()).toBe(true);
    command.abandonOutput();
    // The next command gets nothing of it.
    const next = start(['echo', 'next']);
    await next.run.finished();
    expect(next.run.output.combined).toBe('next\n');
    expect(run.outputEnded).toBe(false);
  });

  test('what a dead slot left is found by the beginning of its marker', async () => {
    const { run } = start(['sh', '-c', 'setsid sleep 1000 & echo ready; wait']);
    await run.until(() => run.output.combined.includes('ready'));
    const prefix = path.basename(folder);
    expect(platform.signalMarked(`${prefix}/1/`)).toBe(0);
    // A process that is just becoming another program has no environment for a moment.
    await until('both processes are found', () => platform.signalMarked(`${prefix}/0/`) >= 2);
    platform.signalMarked(`${prefix}/0/`, 'SIGKILL');
    await run.finished();
    expect(platform.signalMarked(`${prefix}/0/`)).toBe(0);
  });
});

describe('processes of the worker', () => {
  test('live apart from their starter, write to a file, and are known by number', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-processes-'));
    const fifo = new PosixPlatform(path.join(folder, 'fifos'));
    const logFile = path.join(folder, 'logs', 'one.log');
    const { pid } = posixProcesses.startProcess({
      args: ['sh', '-c', 'echo $ONLY; echo err >&2; exec sleep 1000'],
      folder,
      env: { ...env, ONLY: 'this', MILLRACE_TREE: 'a b' },
      logFile,
    });
    expect(posixProcesses.processAlive(pid)).toBe(true);
    expect(fifo.signalMarked('no-such-marker')).toBe(0);
    while (!fs.readFileSync(logFile, 'utf8').includes('err')) await new Promise((r) => setImmediate(r));
    expect(fs.readFileSync(logFile, 'utf8')).toBe('this\nerr\n');
    expect(posixProcesses.signalProcess(pid, 'SIGKILL')).toBe(true);
    while (posixProcesses.processAlive(pid)) await new Promise((r) => setImmediate(r));
    fs.rmSync(folder, { recursive: true });
  });

  test('one that is not there is not alive', () => {
    expect(posixProcesses.processAlive(2 ** 22 + 1)).toBe(false);
    expect(posixProcesses.signalProcess(2 ** 22 + 1, 'SIGTERM')).toBe(false);
  });
});

async function posixSpawn(): Promise<ProcessStarter> {
  const libc = await loadLibc();
  assert(libc !== undefined, "the C library of this machine can be called: 'npm install' brings koffi");
  return new PosixSpawnStarter(libc);
}
