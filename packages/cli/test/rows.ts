import type { Build, BuildDetail, Step } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';

/** A build that ended well; say what is different. */
export function build(over: Partial<Build> = {}): Build {
  return {
    id: 17,
    builder: 'linux',
    number: 4,
    request: 12,
    fence: 1,
    state: 'finished',
    result: 'success',
    reason: null,
    message: null,
    worker: 'w1',
    slot: 0,
    repository: 'app',
    branch: 'main',
    revision: '0123456789abcdef0123456789abcdef01234567',
    generation: 'g1',
    startedAt: Date.UTC(2026, 0, 2, 11, 58),
    finishedAt: Date.UTC(2026, 0, 2, 11, 59, 5),
    cancelling: false,
    silent: false,
    subject: null,
    ...over,
  };
}

export function step(over: Partial<Step> = {}): Step {
  return {
    index: 0,
    name: 'test',
    kind: 'sh',
    state: 'finished',
    result: 'success',
    reason: null,
    message: null,
    exitCode: 0,
    signal: null,
    warnings: 0,
    tries: [],
    command: null,
    links: [],
    startedAt: Date.UTC(2026, 0, 2, 11, 58),
    finishedAt: Date.UTC(2026, 0, 2, 11, 59),
    logs: [
      { id: 30, name: 'output', stream: 'combined', state: 'closed', lines: 2, bytes: 9, expired: null },
    ],
    ...over,
  };
}

export function detail(over: Partial<BuildDetail> = {}): BuildDetail {
  return {
    ...build(),
    steps: [step()],
    properties: [],
    buildset: { id: 9, reason: 'forced', scheduler: null },
    attempts: [],
    change: null,
    workerFacts: null,
    ...over,
  };
}

export function request(over: Partial<Request> = {}): Request {
  return {
    id: 12,
    buildset: 9,
    builder: 'linux',
    state: 'finished',
    priority: 0,
    createdAt: Date.UTC(2026, 0, 2, 11, 57),
    notBefore: 0,
    waitsFor: null,
    retries: 0,
    build: 17,
    result: 'success',
    reason: null,
    finishedAt: Date.UTC(2026, 0, 2, 11, 59, 5),
    repository: 'app',
    branch: 'main',
    revision: '0123456789abcdef0123456789abcdef01234567',
    buildsetReason: 'forced',
    subject: null,
    ...over,
  };
}
