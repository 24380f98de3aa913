import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Tool } from './recognised.ts';

/** What of the machine is asked. */
export interface Machine {
  /** Whether the command is on the PATH. */
  has(command: string): boolean;
  /** Whether it ends with 0 when it is called so. */
  succeeds(command: string, args: readonly string[]): boolean;
}

export interface MissingTool {
  /** `cmake`, `python3's venv`. */
  readonly what: string;
  readonly from: string;
}

/** What of the tools this machine lacks, each once. */
export function missingTools(tools: readonly Tool[], machine: Machine): readonly MissingTool[] {
  const missing = new Map<string, MissingTool>();
  for (const { command, from, probe, part } of tools) {
    const there = machine.has(command);
    if (there && (probe === undefined || machine.succeeds(command, probe))) continue;
    if (!there && probe !== undefined) continue;
    const what = there ? (part ?? command) : command;
    missing.set(what, { what, from });
  }
  return [...missing.values()];
}

/** A probe that takes longer says nothing. */
const probeMsMax = 10_000;

/** The machine this runs on. */
export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return {
    has: (command) => folders.some((folder) => isExecutable(path.join(folder, command))),
    succeeds: (command, args) => {
      const { status } = spawnSync(command, args, { stdio: 'ignore', timeout: probeMsMax });
      return status === 0;
    },
  };
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
