import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import process from 'node:process';
import { promisify } from 'node:util';
import { freeSpace } from '@millrace/disk-space';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import { humanSize } from '../client/human-size.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);
/** `--end-of-options`, which every call of git relies on. */
const gitMin = [2, 24] as const;
const nodeMin = 24;
const programMs = 10_000;

export async function programFindings(): Promise<readonly Finding[]> {
  const node = Number(process.versions.node.split('.')[0]);
  return [
    node >= nodeMin
      ? ok('Node', process.versions.node)
      : fail('Node', process.versions.node, `Install Node ${nodeMin} or later.`),
    gitFinding(await versionOf('git')),
    hgFinding(await versionOf('hg')),
  ];
}

/** What it says to `--version`, or undefined where it is not there. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    return (await run(program, ['--version'], { timeout: programMs })).stdout.split('\n')[0] ?? '';
  } catch {
    return undefined;
  }
}

/** @param text as git says it: `git version 2.47.3` */
export function gitFinding(text: string | undefined): Finding {
  const todo = `Install git ${gitMin.join('.')} or later.`;
  if (text === undefined) return fail('git', 'it is not there', todo);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const isOld = Number(major) < gitMin[0] || (Number(major) === gitMin[0] && Number(minor) < gitMin[1]);
  return major === undefined || isOld ? fail('git', text, todo) : ok('git', text);
}

function hgFinding(text: string | undefined): Finding {
  return text === undefined
    ? skip('Mercurial', 'it is not there; only Mercurial repositories need it')
    : ok('Mercurial', text);
}

/** Below this much, or this share, a disk fills sooner than somebody looks. */
const warnBytes = 5n * 1024n ** 3n;
const failBytes = 512n * 1024n ** 2n;

/** @param freeBytes what this user may still write */
export function spaceFinding(what: string, freeBytes: bigint, totalBytes: bigint): Finding {
  const detail = `${humanSize(freeBytes)} of ${humanSize(totalBytes)} are free`;
  const todo = 'Free some space, or let `retention` in the config remove what is old.';
  if (freeBytes < failBytes) return fail(what, detail, todo);
  return freeBytes < warnBytes ? warn(what, detail, todo) : ok(what, detail);
}

/** A folder that a master or a worker writes to: its disk, its owner, and who else may write. */
export async function folderFindings(what: string, folder: string): Promise<readonly Finding[]> {
  return [await diskFinding(`disk of the ${what}`, folder), await ownerFinding(what, folder)];
}

async function diskFinding(what: string, folder: string): Promise<Finding> {
  try {
    const { freeBytes, totalBytes } = await freeSpace(folder, { signal: AbortSignal.timeout(programMs) });
    return spaceFinding(what, freeBytes, totalBytes);
  } catch (thrown) {
    return fail(what, messageOf(thrown), `Look at the disk under ${folder}.`);
  }
}

async function ownerFinding(what: string, folder: string): Promise<Finding> {
  try {
    const { mode, uid } = await stat(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if ((mode & 0o002) !== 0) return warn(what, `everybody may write to ${folder}`, `chmod o-w ${folder}`);
    if (process.getuid && uid !== process.getuid())
      return warn(what, `${folder} is another user's`, 'Run this as the user of the master or worker.');
    return ok(what, folder);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return skip(what, `${folder} is not there (yet)`);
    return fail(what, `${folder}: ${messageOf(thrown)}`, 'Run this as the user of the master or worker.');
  }
}
