import fs from 'node:fs';
import { codeOf, MillraceError } from '@millrace/kernel/errors';

/**
 * What an agent is to do, as its supervisor wrote it into the data folder. A file and not arguments: anybody on
 * the machine can read those, and there is a token in it.
 */
export interface AgentSettings {
  /** As given: any address of the master. */
  readonly masterUrl: string;
  readonly worker: string;
  readonly token: string | null;
  /** A PEM file of authorities that are trusted beside the usual ones; null: those alone. */
  readonly caFile: string | null;
  /** The name that the master's certificate is for; null: that of its address. */
  readonly tlsName: string | null;
  readonly slots: number;
  readonly freeBytesMin: number;
  /** Of millrace: another version is another agent. */
  readonly version: string;
}

/** True when they differ from what was there: an agent that runs by the old ones has to be started anew. */
export function writeSettings(file: string, settings: AgentSettings): boolean {
  const text = `${JSON.stringify(settings, undefined, 2)}\n`;
  if (read(file) === text) return false;
  const beside = `${file}.writing`;
  fs.rmSync(beside, { force: true });
  fs.writeFileSync(beside, text, { mode: 0o600, flush: true });
  fs.renameSync(beside, file);
  return true;
}

/** @throws MillraceError `no-settings` where no supervisor has written any. */
export function readSettings(file: string): AgentSettings {
  const text = read(file);
  if (text === undefined) {
    throw new MillraceError('no-settings', `${file} is missing: an agent is started by "millrace worker".`);
  }
  return JSON.parse(text) as AgentSettings;
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
