import type { Build, BuildDetail, Log, Step } from '@millrace/protocol/api/builds';
import type { Builder } from '@millrace/protocol/api/builders';
import type { Change } from '@millrace/protocol/api/changes';
import type { Request } from '@millrace/protocol/api/requests';
import type { Worker } from '@millrace/protocol/api/workers';
import type { EventType, MillraceEvent } from '@millrace/protocol/event';
import type { Reason, Result } from '@millrace/protocol/result';
import { lineOf } from './log-text.ts';
import type { LogKind } from './log-text.ts';

interface StepShape {
  readonly name: string;
  readonly log: LogKind;
  readonly lines: number;
  readonly ms: number;
}

export interface WorldLog extends Log {
  readonly kind: LogKind;
  readonly build: number;
  /** How many it will have; its text depends on it. */
  readonly linesInAll: number;
}

interface WorldBuild extends BuildDetail {
  shapes: StepShape[];
  ends: { at: number; result: Result; reason: Reason | null; message: string | null } | undefined;
}

const shapes: Readonly<Record<string, StepShape[]>> = {
  linux: [
    { name: 'checkout', log: 'checkout', lines: 5, ms: 900 },
    { name: 'install', log: 'install', lines: 240, ms: 11_000 },
    { name: 'types', log: 'types', lines: 60, ms: 4_000 },
    { name: 'lint', log: 'lint', lines: 40, ms: 3_000 },
    { name: 'unit tests', log: 'tests', lines: 620, ms: 32_000 },
    { name: 'package', log: 'package', lines: 24, ms: 5_000 },
  ],
  simulations: [
    { name: 'checkout', log: 'checkout', lines: 5, ms: 800 },
    { name: 'install', log: 'install', lines: 240, ms: 9_000 },
    { name: 'seeds', log: 'huge', lines: 412_000, ms: 240_000 },
  ],
  docs: [
    { name: 'checkout', log: 'checkout', lines: 5, ms: 700 },
    { name: 'build the guide', log: 'warnings', lines: 130, ms: 12_000 },
  ],
  'linux-arm64': [
    { name: 'checkout', log: 'checkout', lines: 5, ms: 1_400 },
    { name: 'install', log: 'install', lines: 240, ms: 21_000 },
    { name: 'unit tests', log: 'tests', lines: 620, ms: 74_000 },
  ],
  nightly: [
    { name: 'checkout', log: 'checkout', lines: 5, ms: 800 },
    { name: 'full kill test', log: 'huge', lines: 200_000, ms: 900_000 },
  ],
};

const subjects = [
  'Recover the journal to its last whole record',
  'Say why a request waits, and test the decisions of dispatch',
  'Check what agents and masters say to each other',
  'Pace the group commit at ten milliseconds',
  'End a command as a whole tree, also children that left their group',
  'Read a line of a log by an index',
  'Give a slot out once: derive free slots from committed ends',
  'Keep the head and the tail of a log that is too long',
  'Name the field and what was expected in every config problem',
  'Follow a finished log at the same address as a running one',
];
const authors = ['Ada Noor', 'Jonas Weber', 'Mei Tanaka', 'Robin Miller', 'Lena Fischer'];
const hex = (seed: number): string =>
  Array.from({ length: 40 }, (_, index) =>
    ((Math.imul(seed + 11, 2654435761 + index * 40503) >>> 7) & 15).toString(16),
  ).join('');

/** Everything the made-up master knows, and the passing of its time. */
export class World {
  readonly builds = new Map<number, WorldBuild>();
  readonly requests = new Map<number, Request>();
  readonly logs = new Map<number, WorldLog>();
  readonly changes: Change[] = [];
  readonly events: MillraceEvent[] = [];
  readonly workers: Worker[] = [];
  readonly #listeners = new Set<(event: MillraceEvent) => void>();
  readonly #numbers = new Map<string, number>();
  #nextBuild = 1;
  #nextRequest = 1;
  #nextLog = 1;

  constructor(now: number) {
    for (const [name, slots] of [
      ['local', 2],
      ['mill-1', 4],
      ['arm-1', 1],
    ] as const) {
      this.workers.push({
        name,
        connected: name !== 'arm-1',
        master: name === 'arm-1' ? null : 'm1',
        silent: name === 'arm-1',
        accepts: true,
        message: null,
        slots,
        builds: [],
        heardAt: name === 'arm-1' ? now - 400_000 : now,
        hold: null,
        trust: 'default',
        clockOffsetMs: name === 'mill-1' ? -3_600_000 : 0,
        facts: {
          os: 'linux',
          release: '6.12.48',
          architecture: name === 'arm-1' ? 'arm64' : 'x64',
          hostname: name,
          cpus: slots * 2,
          memoryBytes: 16 * 1024 ** 3,
          version: '0.1.0',
          image: 'Debian GNU/Linux 13 (trixie)',
          tools: { git: '2.47.3', node: '24.21.0' },
        },
      });
    }
    this.workers[1] = {
      ...this.#worker('mill-1'),
      accepts: false,
      message: 'its disk has 1.2 GiB left; it takes builds again from 5 GiB on',
    };
    for (let index = 0; index < 46; index += 1) this.#past(now - (46 - index) * 420_000, index);
    this.#present(now);
  }

  get builders(): Builder[] {
    const all = [...this.builds.values()];
    return Object.keys(shapes).map((name) => ({
      name,
      description:
        {
          linux: 'Everything, on every commit',
          simulations: 'A thousand seeds of the simulator',
          docs: 'The guide and the reference',
          'linux-arm64': 'Unit tests on ARM',
          nightly: 'The kill test at full length',
        }[name] ?? null,
      tags: name === 'nightly' ? ['nightly'] : ['commit'],
      repository: 'app',
      branch: 'main',
      workers: name === 'linux-arm64' ? ['arm-1'] : ['local', 'mill-1'],
      pending: [...this.requests.values()].filter(
        (request) => request.builder === name && request.state === 'pending',
      ).length,
      running: all.filter((build) => build.builder === name && build.state === 'running').length,
      lastBuild: all.filter((build) => build.builder === name).at(-1) ?? null,
    }));
  }

  listen(listener: (event: MillraceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The lines that a log has by now, of its text. */
  text(log: WorldLog, line: number): string {
    return `${lineOf(log.kind, line, log.linesInAll)}\n`;
  }

  addRequest(
    builder: string,
    source: { branch: string; revision: string },
    reason: string,
    now: number,
    waitsFor: string | null = null,
  ): Request {
    const request: Request = {
      id: this.#nextRequest++,
      buildset: this.#nextRequest + 100,
      builder,
      state: 'pending',
      priority: 0,
      createdAt: now,
      notBefore: now,
      waitsFor,
      retries: 0,
      build: null,
      result: null,
      reason: null,
      finishedAt: null,
      repository: 'app',
      branch: source.branch,
      revision: source.revision,
      subject:
        this.changes.find((change) => change.revision === source.revision)?.message.split('\n', 1)[0] ?? null,
      buildsetReason: reason,
    };
    this.requests.set(request.id, request);
    this.emit('request.added', now, { builder, request: request.id });
    return request;
  }

  start(request: Request, worker: string, now: number, end?: WorldBuild['ends'] | 'later'): WorldBuild {
    const number = (this.#numbers.get(request.builder) ?? 180) + 1;
    this.#numbers.set(request.builder, number);
    const planned = shapes[request.builder] ?? [];
    const change = this.changes.find((candidate) => candidate.revision === request.revision);
    const build: WorldBuild = {
      id: this.#nextBuild++,
      builder: request.builder,
      number,
      request: request.id,
      fence: 1,
      state: 'running',
      result: null,
      reason: null,
      message: null,
      worker,
      slot: 0,
      repository: 'app',
      branch: request.branch,
      revision: request.revision,
      generation: 'c0ffee',
      startedAt: now,
      finishedAt: null,
      cancelling: false,
      silent: false,
      subject: change?.message.split('\n', 1)[0] ?? null,
      properties: [
        { name: 'priority', value: 0, source: 'scheduler' },
        { name: 'node', value: '24.21.0', source: 'config' },
      ],
      buildset: {
        id: request.buildset,
        reason: request.buildsetReason,
        scheduler: request.buildsetReason.startsWith('forced') ? null : 'on-commit',
      },
      attempts: [],
      change:
        change === undefined
          ? null
          : {
              id: change.id,
              author: change.author,
              message: change.message,
              committedAt: change.committedAt,
              link: change.link,
            },
      workerFacts: this.#worker(worker).facts,
      steps: planned.map((shape, index) => ({
        index,
        name: shape.name,
        kind: index === 0 ? 'checkout' : 'sh',
        state: 'pending',
        result: null,
        reason: null,
        message: null,
        exitCode: null,
        signal: null,
        warnings: 0,
        tries: [],
        command: index === 0 ? null : { command: shape.name, folder: '', environment: ['CI', 'PATH'] },
        links: [],
        startedAt: null,
        finishedAt: null,
        logs: [],
      })),
      shapes: planned,
      ends: end === 'later' ? undefined : end,
    };
    build.attempts = [{ id: build.id, number, result: null, reason: null }];
    this.builds.set(build.id, build);
    this.requests.set(request.id, { ...request, state: 'claimed', waitsFor: null, build: build.id });
    this.emit('build.started', now, {
      builder: build.builder,
      build: build.id,
      request: request.id,
      worker,
      data: { number },
    });
    return build;
  }

  /** Lets time pass: steps begin and end, logs grow, what waits gets a slot. */
  pass(now: number): void {
    for (const build of this.builds.values()) if (build.state === 'running') this.#passBuild(build, now);
    for (const request of this.requests.values()) {
      if (request.state === 'pending' && request.waitsFor === null && now - request.createdAt > 1_200)
        this.start(request, 'local', now, 'later');
    }
  }

  cancel(build: WorldBuild, now: number): void {
    if (build.state === 'finished') return;
    build.cancelling = true;
    this.emit('build.cancelling', now, {
      builder: build.builder,
      build: build.id,
      request: build.request,
      data: { reason: 'cancelled' },
    });
    build.ends = { at: now + 1_500, result: 'cancelled', reason: 'cancelled', message: null };
  }

  emit(
    type: EventType,
    at: number,
    about: Omit<MillraceEvent, 'cursor' | 'type' | 'at' | 'data'> & { data?: Record<string, unknown> },
  ): void {
    const event: MillraceEvent = { cursor: `e1.${this.events.length + 1}`, type, at, data: {}, ...about };
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  #worker(name: string): Worker {
    const found = this.workers.find((worker) => worker.name === name);
    if (found === undefined) throw new Error(`no worker ${name}`);
    return found;
  }

  #passBuild(build: WorldBuild, now: number): void {
    let from = build.startedAt;
    for (const [index, shape] of build.shapes.entries()) {
      const step = build.steps[index];
      if (step === undefined || now < from) break;
      const until = from + shape.ms;
      const ended = Math.min(now, build.ends?.at ?? Infinity, until);
      if (step.state === 'pending') this.#begin(build, step, shape, from);
      const log = this.logs.get(step.logs[0]?.id ?? 0);
      if (log !== undefined && step.state === 'running') {
        log.lines = Math.min(shape.lines, Math.ceil((shape.lines * (ended - from)) / shape.ms));
        log.bytes = log.lines * 70;
      }
      if (step.state === 'running' && now >= until && until <= (build.ends?.at ?? Infinity)) {
        this.#endStep(build, step, shape.log === 'warnings' ? 'warnings' : 'success', null, until);
      }
      from = until;
    }
    if (build.ends !== undefined && now >= build.ends.at) this.#end(build, build.ends);
    else if (build.steps.every((step) => step.state === 'finished')) {
      const warned = build.steps.some((step) => step.result === 'warnings');
      this.#end(build, { at: from, result: warned ? 'warnings' : 'success', reason: null, message: null });
    }
  }

  #begin(build: WorldBuild, step: Step, shape: StepShape, at: number): void {
    const failing = build.ends?.result === 'failure' && build.ends.reason === null && shape.log === 'tests';
    const log: WorldLog = {
      id: this.#nextLog++,
      name: 'output',
      stream: 'combined',
      state: 'open',
      lines: 0,
      bytes: 0,
      expired: null,
      kind: failing ? 'failing-tests' : shape.log,
      build: build.id,
      linesInAll: shape.lines,
    };
    this.logs.set(log.id, log);
    Object.assign(step, { state: 'running', startedAt: at, logs: [log] });
    this.emit('step.started', at, {
      builder: build.builder,
      build: build.id,
      data: { step: step.index, name: step.name },
    });
    this.emit('log.opened', at, { builder: build.builder, build: build.id, data: { log: log.id } });
  }

  #endStep(build: WorldBuild, step: Step, result: Result, reason: Reason | null, at: number): void {
    const shape = build.shapes[step.index];
    Object.assign(step, {
      state: 'finished',
      result,
      reason,
      finishedAt: at,
      exitCode:
        result === 'failure' && reason === null
          ? 1
          : result === 'success' || result === 'warnings'
            ? 0
            : null,
    });
    if (reason === 'timed-out') Object.assign(step, { signal: 'SIGTERM', message: 'no output for 20 min' });
    for (const log of step.logs) {
      const known = this.logs.get(log.id);
      if (known === undefined) continue;
      Object.assign(known, {
        state: 'closed',
        lines: result === 'cancelled' || reason !== null ? known.lines : (shape?.lines ?? known.lines),
      });
      known.bytes = known.lines * 70;
    }
    this.emit('step.finished', at, {
      builder: build.builder,
      build: build.id,
      data: { step: step.index, result },
    });
  }

  #end(build: WorldBuild, end: NonNullable<WorldBuild['ends']>): void {
    for (const step of build.steps) {
      if (step.state === 'running') this.#endStep(build, step, end.result, end.reason, end.at);
      else if (step.state === 'pending') Object.assign(step, { state: 'finished', result: 'skipped' });
    }
    Object.assign(build, {
      state: 'finished',
      result: end.result,
      reason: end.reason,
      message: end.message,
      finishedAt: end.at,
      cancelling: false,
      ends: undefined,
    });
    build.attempts = [{ id: build.id, number: build.number, result: end.result, reason: end.reason }];
    const request = this.requests.get(build.request);
    if (request !== undefined)
      this.requests.set(request.id, {
        ...request,
        state: 'finished',
        result: end.result,
        reason: end.reason,
        finishedAt: end.at,
      });
    const about = { builder: build.builder, build: build.id, request: build.request };
    this.emit('build.finished', end.at, {
      ...about,
      data: { result: end.result, reason: end.reason, message: end.message },
    });
    this.emit('request.finished', end.at, { ...about, data: { result: end.result } });
  }

  #change(at: number, index: number, branch: string): Change {
    const subject = subjects[index % subjects.length] ?? '';
    const change: Change = {
      id: this.changes.length + 1,
      repository: 'app',
      branch,
      revision: hex(index),
      author: authors[(index * 3) % authors.length] ?? '',
      message: `${subject}\n\nThe why stands here, in a paragraph or two.`,
      committedAt: at - 40_000,
      seenAt: at,
      files: ['packages/worker/src/journal/recover.ts'],
      link: `https://git.example.org/app/commit/${hex(index)}`,
    };
    this.changes.push(change);
    return change;
  }

  #past(at: number, index: number): void {
    const branch =
      index % 6 === 4
        ? 'log-retention'
        : index % 11 === 7
          ? 'feature/a-rather-long-branch-name-for-a-phone'
          : 'main';
    const change = this.#change(at, index, branch);
    const names =
      index % 9 === 3
        ? ['linux', 'docs']
        : index % 5 === 2
          ? ['linux', 'simulations']
          : index % 7 === 5
            ? ['linux', 'linux-arm64']
            : ['linux'];
    for (const name of names) {
      const request = this.addRequest(name, change, `change on ${branch}`, at);
      const build = this.start(
        request,
        index % 3 === 0 ? 'mill-1' : 'local',
        at + 900,
        pastEnd(name, index, at),
      );
      this.pass(build.startedAt + 1_000_000);
    }
  }

  #present(now: number): void {
    const change = this.#change(now - 70_000, 46, 'main');
    const failing = this.start(
      this.addRequest('linux', change, 'change on main', now - 180_000),
      'local',
      now - 150_000,
      { at: now - 100_000, result: 'failure', reason: null, message: null },
    );
    this.pass(now - 60_000);
    void failing;
    this.start(
      this.addRequest('simulations', change, 'change on main', now - 70_000),
      'mill-1',
      now - 65_000,
      'later',
    );
    const next = this.#change(now - 30_000, 47, 'main');
    this.start(
      this.addRequest('linux', next, 'change on main', now - 30_000),
      'local',
      now - 24_000,
      'later',
    );
    this.addRequest(
      'linux-arm64',
      next,
      'change on main',
      now - 29_000,
      'Waits for arm-1: it has not been heard of for 6 min.',
    );
    this.addRequest(
      'nightly',
      next,
      'forced: before the release',
      now - 9_000,
      'Both slots of local are busy; mill-1 takes no builds, for its disk has 1.2 GiB left.',
    );
    this.pass(now);
  }
}

function pastEnd(name: string, index: number, at: number): WorldBuild['ends'] | 'later' {
  if (name === 'linux' && (index === 44 || index === 45))
    return { at: at + 47_000, result: 'failure', reason: null, message: null };
  if (name === 'linux' && index % 10 === 6)
    return { at: at + 44_000, result: 'failure', reason: null, message: null };
  if (name === 'simulations' && index === 42)
    return { at: at + 210_000, result: 'failure', reason: 'timed-out', message: 'no output for 20 min' };
  if (name === 'linux-arm64' && index === 40)
    return {
      at: at + 30_000,
      result: 'exception',
      reason: 'worker-lost',
      message: 'arm-1 was not heard of for 120 s',
    };
  if (index % 13 === 8)
    return { at: at + 20_000, result: 'cancelled', reason: 'cancelled', message: 'superseded' };
  if (index % 17 === 11)
    return {
      at: at + 9_000,
      result: 'exception',
      reason: 'slot-lost',
      message: 'the slot ended with SIGKILL',
    };
  return 'later';
}

export type { Build };
