import os from 'node:os';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import packageJson from '../../package.json' with { type: 'json' };

/** This machine, as a worker on it would tell it. */
export function factsHere(): WorkerFacts {
  return {
    os: os.platform(),
    release: os.release(),
    architecture: os.arch(),
    hostname: os.hostname(),
    cpus: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    version: packageJson.version,
  };
}
