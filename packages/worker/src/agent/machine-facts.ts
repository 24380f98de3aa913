import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import { findTools, toolNames, versionsOf } from './tool-versions.ts';
import type { FoundProgram, KnownTools, Programs } from './tool-versions.ts';

/** A program that does not tell its version within this time is left alone. */
const askMs = 5_000;
const outputBytesMax = 64 * 1024;
const textLengthMax = 200;

/**
 * What this machine is, as its agent tells masters. `MILLRACE_TOOLS` names the tools that are looked for, with commas
 * between them, instead of the usual ones; `MILLRACE_IMAGE` says what the machine was made of.
 *
 * @param remembered a file that keeps what was found, for the next start
 */
export async function machineFacts(
  version: string,
  environment: NodeJS.ProcessEnv,
  remembered: string,
): Promise<WorkerFacts> {
  const known = await readKnown(remembered);
  const tools = await findTools(toolNames(environment['MILLRACE_TOOLS']), known, programsOf(environment));
  const text = JSON.stringify(tools);
  // Where it cannot be written, the tools are asked again the next time.
  if (text !== JSON.stringify(known)) await fs.writeFile(remembered, text).catch(() => undefined);
  const image = environment['MILLRACE_IMAGE'] ?? systemName(await readText('/etc/os-release'));
  return {
    os: os.platform(),
    release: os.release().slice(0, textLengthMax),
    architecture: os.arch(),
    hostname: os.hostname(),
    cpus: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    version,
    ...(image !== undefined && image !== '' && { image: image.slice(0, textLengthMax) }),
    tools: versionsOf(tools),
  };
}

/** `PRETTY_NAME` of a text as in `/etc/os-release` (its man page: shell assignments, values may be quoted). */
export function systemName(text: string): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim();
  return value?.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1');
}

/** Programs where steps would find them. */
function programsOf({ PATH = '', HOME = '' }: NodeJS.ProcessEnv): Programs {
  const env = { PATH, HOME, LC_ALL: 'C' };
  const folders = PATH.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return {
    find: async (name) => {
      for (const folder of folders) {
        const found = await programAt(path.join(folder, name));
        if (found !== undefined) return found;
      }
      return undefined;
    },
    ask: (file, args) =>
      new Promise((resolve) => {
        const options = {
          env,
          cwd: os.tmpdir(),
          timeout: askMs,
          killSignal: 'SIGKILL',
          maxBuffer: outputBytesMax,
        } as const;
        const child = execFile(file, args, options, (error, stdout, stderr) => {
          resolve(error === null ? `${stdout}\n${stderr}` : undefined);
        });
        child.stdin?.end();
      }),
  };
}

async function programAt(file: string): Promise<FoundProgram | undefined> {
  try {
    await fs.access(file, constants.X_OK);
    const { size, mtimeMs } = await fs.stat(file);
    return { file, stamp: `${size} ${mtimeMs}` };
  } catch {
    return undefined;
  }
}

async function readKnown(file: string): Promise<KnownTools> {
  try {
    const value: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as KnownTools) : {};
  } catch {
    return {};
  }
}

async function readText(file: string): Promise<string> {
  return fs.readFile(file, 'utf8').catch(() => '');
}
