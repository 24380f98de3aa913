import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';

/**
 * A worker's own folder. Everything that outlives its processes is in it:
 *
 *   spool-id       who this machine is to a master: another spool under the same name is another machine
 *   agent.json     what the agent is to do: master, name, token (readable by the owner alone)
 *   lock.sqlite    held by the supervisor; `locks/` by the agent and each slot
 *   journals/      one file a build, until its end is committed
 *   builds/        where steps run: a folder for each builder and slot, and when it was last used
 *   tmp/           a folder for each running build's temporary files
 *   mirrors/       copies of repositories, by level of trust
 *   sockets/       where the agent and the slots listen
 *   logs/          what they say of themselves
 */
export interface DataFolder {
  /** Absolute, symbolic links followed. */
  readonly path: string;
  readonly spoolId: string;
  readonly agentSettings: string;
  readonly lock: string;
  readonly builds: string;
  readonly mirrors: string;
  readonly sockets: string;
  readonly locks: string;
  readonly logs: string;
}

/** One of the worker's processes, as the names of its files have it. */
export type ProcessName = 'agent' | `slot-${number}`;

export function slotName(slot: number): ProcessName {
  return `slot-${slot}`;
}

export function socketOf(folder: DataFolder, name: ProcessName): string {
  return path.join(folder.sockets, `${name}.sock`);
}

export function lockOf(folder: DataFolder, name: ProcessName): string {
  return path.join(folder.locks, `${name}.sqlite`);
}

export function logOf(folder: DataFolder, name: ProcessName): string {
  return path.join(folder.logs, `${name}.log`);
}

/** The longest path of a Unix socket, its end included: 104 bytes on macOS, 108 on Linux. */
const socketPathBytesMax = 103;

/**
 * Makes what is missing and says where everything is.
 * @throws MillraceError `data-folder` when it cannot be used, with the reason.
 */
export function openDataFolder(given: string, random: Random): DataFolder {
  try {
    fs.mkdirSync(given, { recursive: true });
    const root = fs.realpathSync(given);
    const at = (name: string): string => path.join(root, name);
    const folder: DataFolder = {
      path: root,
      spoolId: readSpoolId(at('spool-id'), random),
      agentSettings: at('agent.json'),
      lock: at('lock.sqlite'),
      builds: at('builds'),
      mirrors: at('mirrors'),
      sockets: socketFolder(root),
      locks: at('locks'),
      logs: at('logs'),
    };
    for (const name of [at('journals'), folder.builds, folder.mirrors, folder.locks, folder.logs]) {
      fs.mkdirSync(name, { recursive: true });
    }
    ownedFolder(folder.sockets);
    return folder;
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw new MillraceError(
      'data-folder',
      `The data folder ${given} cannot be used: ${messageOf(cause)}. Give another with --data, or mend this one.`,
      { cause },
    );
  }
}

function readSpoolId(file: string, random: Random): string {
  try {
    // Written whole or not at all, and never over another: two who start at once agree.
    const written = `${file}.${randomId(random, 6)}`;
    if (!fs.existsSync(file)) {
      fs.writeFileSync(written, `${randomId(random)}\n`, { flush: true });
      fs.linkSync(written, file);
      fs.rmSync(written);
    }
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return fs.readFileSync(file, 'utf8').trim();
}

/** Below the data folder, or, where such a path is too long for a socket, in a short folder named after it. */
function socketFolder(root: string): string {
  const inside = path.join(root, 'sockets');
  if (Buffer.byteLength(path.join(inside, 'slot-999.sock')) <= socketPathBytesMax) return inside;
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // Not TMPDIR: the next supervisor may have another one, and would not find what runs.
  return path.join('/tmp', `millrace-${process.getuid?.() ?? 0}-${name}`);
}

/** Whoever can enter it can give orders to slots: nobody but this user may. */
function ownedFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = fs.lstatSync(folder);
  const uid = process.getuid?.();
  if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) {
    throw new MillraceError(
      'data-folder',
      `${folder} belongs to somebody else, and the worker's sockets would be theirs. Remove it, or give a data folder with a shorter path.`,
    );
  }
  fs.chmodSync(folder, 0o700);
}
