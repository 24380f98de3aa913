import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import { machineFacts } from '@millrace/worker/agent/machine-facts';
import packageJson from '../../package.json' with { type: 'json' };

/**
 * This machine, as a worker on it would tell it: its tools, too, which are asked for their versions where they are new.
 * @param dataFolder Where what they said is remembered.
 */
export function factsHere(dataFolder: string): Promise<WorkerFacts> {
  fs.mkdirSync(dataFolder, { recursive: true });
  return machineFacts(packageJson.version, process.env, path.join(dataFolder, 'tools.json'));
}
