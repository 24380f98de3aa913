import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/*
 * Where the watcher of the master that keeps a data folder answers whoever is on its machine: `profile.sock` in the
 * folder. The path of a Unix socket is short, and some folders' are not: then the socket stands in a private folder
 * among the system's temporary ones, and `profile.path` in the data folder says where.
 */

/** The longest path of a Unix socket, without its end: 104 bytes on macOS, 108 on Linux, both with it. */
const socketPathBytesMax = 103;
const elsewhere = /^\/.*\/millrace-profile-[A-Za-z0-9]{6}\/profile\.sock$/u;

/** Where to ask. */
export function profileSocket(dataFolder: string): string {
  const here = path.join(dataFolder, 'profile.sock');
  return fits(here) ? here : (readPlace(dataFolder) ?? here);
}

/**
 * Where to listen: nobody does there, because the data folder is its master's alone, and what one left that was killed
 * is removed.
 * @throws what making a folder throws
 */
export function claimProfileSocket(dataFolder: string): string {
  const here = path.join(dataFolder, 'profile.sock');
  releaseProfileSocket(dataFolder);
  if (fits(here)) return here;
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'millrace-profile-'));
  const there = path.join(folder, 'profile.sock');
  const note = placeFile(dataFolder);
  writeFileSync(note, `${there}\n`, { mode: 0o600 });
  chmodSync(note, 0o600);
  return there;
}

/** Removes what {@link claimProfileSocket} made. */
export function releaseProfileSocket(dataFolder: string): void {
  const there = readPlace(dataFolder);
  rmSync(path.join(dataFolder, 'profile.sock'), { force: true });
  if (there === undefined) return;
  rmSync(placeFile(dataFolder), { force: true });
  rmSync(there, { force: true });
  try {
    rmdirSync(path.dirname(there));
  } catch {
    // It is gone, or somebody put something else there, which is not ours to remove.
  }
}

const placeFile = (dataFolder: string): string => path.join(dataFolder, 'profile.path');
const fits = (socket: string): boolean => Buffer.byteLength(socket) <= socketPathBytesMax;

/** Undefined: none is told. Only what is named as ours is believed: it is removed later. */
function readPlace(dataFolder: string): string | undefined {
  try {
    const place = readFileSync(placeFile(dataFolder), 'utf8').trim();
    return elsewhere.test(place) ? place : undefined;
  } catch {
    return undefined;
  }
}
