import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { readFromAgent } from '@millrace/protocol/agent/message-schema';
import { readFrame } from '@millrace/protocol/agent/frame';
import type { FromAgent, FromMaster, RunOrder } from '@millrace/protocol/agent/messages';
import { decodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import { lockOf, openDataFolder, slotName } from '@millrace/worker/data-folder';
import type { DataFolder, ProcessName } from '@millrace/worker/data-folder';
import { lockHeld, lockOwner } from '@millrace/worker/exclusive-lock';
import { systemRandom } from '@millrace/kernel/random';
import { posixProcesses } from '@millrace/worker/platform-posix';

const main = fileURLToPath(import.meta.resolve('@millrace/worker/supervisor/main'));

/** Looks again until it holds; the test's own time limit ends what never does. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

/** A master over a real socket that records one worker's journals. */
class LoopbackMaster {
  readonly facts: Fact[] = [];
  readonly hellos: FromAgent[] = [];
  readonly #server = http.createServer();
  readonly #sockets = new WebSocketServer({ server: this.#server });
  readonly #orders: RunOrder[] = [];
  #position: Position = journalStart;
  #line: WebSocket | undefined;

  async listen(): Promise<string> {
    this.#sockets.on('connection', (socket) => {
      this.#line = socket;
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.#onFrame(data);
        else this.#onText(readFromAgent(data.toString()));
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  run(order: RunOrder): void {
    this.#orders.push(order);
    this.#position = journalStart;
    this.#say({ type: 'run', ...order });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #say(message: FromMaster): void {
    this.#line?.send(JSON.stringify(message));
  }

  #onText(message: FromAgent): void {
    if (message.type === 'heartbeat') this.#say({ type: 'heard', number: message.number });
    if (message.type !== 'hello') return;
    this.hellos.push(message);
    const named = new Set(message.journals.map(({ build }) => build));
    this.#say({
      type: 'welcome',
      version: 1,
      master: 'm',
      heartbeatMs: 1_000,
      lostAfterMs: 60_000,
      creditBytes: 1024 ** 2,
      journals: message.journals.map(({ build, fence }) => ({
        kind: 'resume',
        build,
        fence,
        position: this.#position,
      })),
      run: this.#orders.filter(({ build }) => !named.has(build)),
      watched: [],
    });
  }

  #onFrame(bytes: Buffer): void {
    const { build, fence, byte, records } = readFrame(bytes);
    let rest = records.subarray(this.#position.byte - byte);
    while (rest.length > 0) {
      const decoded = decodeRecord(this.#position, rest);
      if (decoded.kind !== 'record') throw new Error(`a record was expected, not ${decoded.kind}`);
      rest = rest.subarray(decoded.next.byte - this.#position.byte);
      this.#position = decoded.next;
      this.facts.push(decoded.entry.fact);
    }
    this.#say({ type: 'acknowledged', build, fence, position: this.#position });
    if (this.facts.at(-1)?.kind !== 'build-finished') return;
    this.#orders.splice(0);
    this.#say({ type: 'done', build, fence });
  }
}

function shell(build: number, line: string): RunOrder {
  return {
    build,
    fence: 1,
    slot: 0,
    planHash: 'a'.repeat(64),
    builder: 'b',
    number: build,
    plan: {
      version: 1,
      properties: {},
      env: {},
      onSilence: 'retry',
      lostAfterMs: 60_000,
      steps: [
        {
          kind: 'sh',
          name: 'run',
          command: { line },
          folder: '.',
          separateStreams: false,
          limits: {},
          killGraceMs: 1_000,
          logBytesMax: 1024 ** 2,
          env: {},
          always: false,
        },
      ],
    },
  };
}

describe('a supervisor', () => {
  let root: string;
  let folder: DataFolder;
  let master: LoopbackMaster;
  let url: string;
  let said: string;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'mr-'));
    folder = openDataFolder(path.join(root, 'data'), systemRandom);
    master = new LoopbackMaster();
    url = await master.listen();
    said = '';
  });

  afterEach(async () => {
    for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
    for (const name of ['agent', slotName(0), slotName(1), slotName(2)] as ProcessName[]) {
      const pid = lockOwner(lockOf(folder, name));
      if (pid !== undefined) posixProcesses.signalProcess(pid, 'SIGKILL');
      await until(() => !lockHeld(lockOf(folder, name)));
    }
    await master.close();
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });

  function start(slots = 2, name = 'w'): ChildProcess {
    const args = ['--master', url, '--name', name, '--data', folder.path, '--slots', String(slots)];
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
    }
    started.push(child);
    return child;
  }

  function pidOf(name: ProcessName): number | undefined {
    return lockOwner(lockOf(folder, name));
  }

  async function ready(): Promise<{ agent: number; slot: number }> {
    await until(() => said.includes('Connected to the master "m"'));
    await until(() => pidOf('agent') !== undefined && pidOf(slotName(0)) !== undefined);
    return { agent: pidOf('agent') as number, slot: pidOf(slotName(0)) as number };
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const over = once(child, 'exit');
    child.kill(signal);
    await over;
  }

  test('starts an agent and slots, and ends them all', async () => {
    const supervisor = start();
    const { agent, slot } = await ready();
    await until(() => pidOf(slotName(1)) !== undefined);
    await end(supervisor, 'SIGTERM');
    expect(supervisor.exitCode).toBe(0);
    expect(posixProcesses.processAlive(agent)).toBe(false);
    expect(posixProcesses.processAlive(slot)).toBe(false);
    expect(lockHeld(folder.lock)).toBe(false);
  });

  test('starts again what is killed, and the build of a killed agent goes on', async () => {
    start();
    const before = await ready();
    const count = path.join(root, 'count');
    const go = path.join(root, 'go');
    master.run(shell(1, `echo once >> ${count}; while [ ! -e ${go} ]; do sleep 0.02; done; echo done`));
    await until(() => fs.existsSync(count));
    posixProcesses.signalProcess(before.agent, 'SIGKILL');
    await until(() => master.hellos.length === 2);
    expect(master.hellos[1]).toMatchObject({ journals: [{ build: 1, ended: false }] });
    fs.writeFileSync(go, '');
    await until(() => master.facts.at(-1)?.kind === 'build-finished');
    expect(master.facts.at(-1)).toMatchObject({ result: 'success' });
    expect(fs.readFileSync(count, 'utf8')).toBe('once\n');
    expect(pidOf('agent')).not.toBe(before.agent);
    expect(pidOf(slotName(0))).toBe(before.slot);
  });

  test('a killed slot ends its build as slot-lost, its commands are ended, and it is replaced', async () => {
    start();
    const before = await ready();
    const pidFile = path.join(root, 'pid');
    master.run(shell(1, `sleep 1000 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; wait`));
    await until(() => fs.existsSync(pidFile));
    posixProcesses.signalProcess(before.slot, 'SIGKILL');
    await until(() => master.facts.at(-1)?.kind === 'build-finished');
    expect(master.facts.at(-1)).toMatchObject({ result: 'exception', reason: 'slot-lost' });
    await until(() => !posixProcesses.processAlive(Number(fs.readFileSync(pidFile, 'utf8'))));
    await until(() => pidOf(slotName(0)) !== undefined && pidOf(slotName(0)) !== before.slot);
  });

  test('killed itself, it costs nothing: the next one takes up what runs', async () => {
    const first = start();
    const before = await ready();
    const count = path.join(root, 'count');
    master.run(shell(1, `echo once >> ${count}; sleep 1000`));
    await until(() => fs.existsSync(count));
    await end(first, 'SIGKILL');
    said = '';
    const second = start();
    expect(await ready()).toEqual(before);
    await end(second, 'SIGTERM');
    expect(fs.readFileSync(count, 'utf8')).toBe('once\n');
    expect(posixProcesses.processAlive(before.slot)).toBe(false);
    expect(master.facts.at(-1)).toMatchObject({ kind: 'build-finished' });
  });

  test('told to leave, it leaves the others running', async () => {
    const first = start();
    const before = await ready();
    await end(first, 'SIGHUP');
    expect(first.exitCode).toBe(0);
    expect(posixProcesses.processAlive(before.agent)).toBe(true);
    expect(posixProcesses.processAlive(before.slot)).toBe(true);
  });

  test('with other settings the agent is replaced, and slots that are too many are ended', async () => {
    const first = start(3);
    const before = await ready();
    await until(() => pidOf(slotName(2)) !== undefined);
    await end(first, 'SIGKILL');
    said = '';
    const second = start(1, 'other');
    const after = await ready();
    expect(after.agent).not.toBe(before.agent);
    expect(after.slot).toBe(before.slot);
    expect(pidOf(slotName(2))).toBeUndefined();
    expect(master.hellos.at(-1)).toMatchObject({ worker: 'other', slots: 1 });
    await end(second, 'SIGTERM');
  });

  test('refuses a data folder that another one uses, and says what to do', async () => {
    const first = start();
    await ready();
    const second = start();
    await once(second, 'exit');
    expect(second.exitCode).toBe(2);
    expect(said).toContain(`Another worker uses the data folder ${folder.path}`);
    expect(said).toContain(`process ${first.pid}`);
    await end(first, 'SIGTERM');
  });

  test('refuses an address that is none, and a number of slots that is none', async () => {
    url = 'nowhere';
    const one = start();
    await once(one, 'exit');
    expect(said).toContain('http://host:8010');
    url = 'http://127.0.0.1:1';
    const other = start(0);
    await once(other, 'exit');
    expect(said).toContain('between 1 and 256 slots');
  });
});
