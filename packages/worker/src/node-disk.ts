import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '@millrace/kernel/errors';
import type { Disk, DiskFile } from './disk.ts';

/** The machine's own disk. */
export const nodeDisk: Disk = {
  create(file) {
    try {
      return nodeFile(fs.openSync(file, 'ax+'));
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      return nodeFile(fs.openSync(file, 'ax+'));
    }
  },
  open(file) {
    return nodeFile(fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_APPEND));
  },
  makeFolder(folder) {
    // To be told that it is there, `mkdir` waits for all that is being made beside it.
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      fs.mkdirSync(folder, { recursive: true });
  },
  list(folder) {
    return whereThere(() => fs.readdirSync(folder).sort()) ?? [];
  },
  remove(file) {
    // `rmSync` looks first what it is: twice the time.
    whereThere(() => fs.unlinkSync(file));
  },
  readText(file) {
    return whereThere(() => fs.readFileSync(file, 'utf8'));
  },
  writeText(file, text) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const beside = `${file}.writing`;
    fs.rmSync(beside, { force: true });
    const handle = fs.openSync(beside, 'wx');
    try {
      fs.writeFileSync(handle, text);
      // Before the rename, else a loss of power may leave the new name with nothing in it.
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(beside, file);
  },
  realPath(name) {
    return whereThere(() => fs.realpathSync(name));
  },
  isLink(name) {
    return whereThere(() => fs.lstatSync(name).isSymbolicLink()) ?? false;
  },
  folderRights(folder) {
    const stat = whereThere(() => fs.lstatSync(folder));
    if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) return undefined;
    return stat.mode & 0o7777;
  },
  async removeTree(folder) {
    // Most folders of temporary files are empty: one call, where the whole way takes five and two threads.
    if (removedEmpty(folder)) return;
    try {
      await fs.promises.rm(folder, { recursive: true, force: true });
    } catch (thrown) {
      if (codeOf(thrown) !== 'EACCES' && codeOf(thrown) !== 'EPERM') throw thrown;
      // Builds leave folders that may not be written, such as caches of modules.
      await makeWritable(folder);
      await fs.promises.rm(folder, { recursive: true, force: true });
    }
  },
};

function removedEmpty(folder: string): boolean {
  try {
    fs.rmdirSync(folder);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === 'ENOENT';
  }
}

async function makeWritable(folder: string): Promise<void> {
  await fs.promises.chmod(folder, 0o700);
  for (const entry of await fs.promises.readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await makeWritable(path.join(folder, entry.name));
}

function nodeFile(handle: number): DiskFile {
  return {
    size: () => fs.fstatSync(handle).size,
    read(from, length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, fs.fstatSync(handle).size - from)));
      return bytes.subarray(0, readInto(handle, from, bytes));
    },
    readInto: (from, target) => readInto(handle, from, target),
    append: (bytes) => {
      let written = 0;
      while (written < bytes.length)
        written += fs.writeSync(handle, bytes, written, bytes.length - written, null);
    },
    truncate: (size) => fs.ftruncateSync(handle, size),
    close: () => fs.closeSync(handle),
  };
}

function readInto(handle: number, from: number, target: Uint8Array): number {
  let read = 0;
  while (read < target.length) {
    const more = fs.readSync(handle, target, read, target.length - read, from + read);
    if (more === 0) break;
    read += more;
  }
  return read;
}

function whereThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
