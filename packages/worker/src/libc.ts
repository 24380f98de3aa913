import { isMainThread } from 'node:worker_threads';
import type { LibraryHandle } from 'koffi';

/*
 * What a slot calls of the system's C library, since Node has no way to it. Linux alone: glibc from 2.29 on, or musl,
 * whose headers agree in the numbers below.
 */

export interface Libc {
  /**
   * Starts a program in a session of its own, with `/dev/null` as its stdin and the signals as programs expect them.
   * It has this process's memory lent until it begins (`vfork`), so that it costs the same however much that is.
   */
  spawn(program: Program): { readonly kind: 'started'; readonly pid: number } | Failure;
  /** Takes up a child that has ended; its status as waitpid(2) tells it. Does not wait for one. */
  reap():
    | { readonly kind: 'ended'; readonly pid: number; readonly status: number }
    | { readonly kind: Childless };
  /** Lets a pipe hold so much, where the system allows this user that: it holds what it did where not. */
  widenPipe(this: void, file: number, bytes: number): void;
}

interface Program {
  /** Absolute, or as seen from `folder`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** All of it: `NAME=value` each. */
  readonly env: readonly string[];
  /** Open files of this process. */
  readonly stdout: number;
  readonly stderr: number;
}

interface Failure {
  readonly kind: 'failed';
  /** The system's number of it: see errno(3). */
  readonly error: number;
}

/** No child has ended, or there is none at all. */
type Childless = 'none-ended' | 'none';

/**
 * From then on this process is the parent of all that lose theirs among its descendants (`PR_SET_CHILD_SUBREAPER`).
 * Undefined where there is no such library, or nothing to call it by.
 */
export async function loadLibc(): Promise<Libc | undefined> {
  // The end of a child is told by a signal, and only the main thread hears of those.
  if (process.platform !== 'linux' || !isMainThread) return undefined;
  try {
    const { load } = await import('koffi');
    return bound(load(null));
  } catch {
    return undefined;
  }
}

/** Memory that the library fills as it likes: more than either has of each. */
const attributesBytes = 512;
const actionsBytes = 256;
const signalsBytes = 128;

/** spawn.h: `SETSIGDEF | SETSIGMASK | SETSID`. */
const ownSessionAndSignals = 0x04 | 0x08 | 0x80;
/** fcntl.h: `O_RDONLY`. */
const readOnly = 0;
/** sys/wait.h: `WNOHANG`. */
const doNotWait = 1;
/** sys/prctl.h. */
const setChildSubreaper = 36;
/** fcntl.h: `F_SETPIPE_SZ`. */
const setPipeSize = 1031;

/** @throws where the library lacks one of them. */
function bound(library: LibraryHandle): Libc | undefined {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what it takes stands in the declaration
  const call = <Arguments extends readonly unknown[]>(declaration: string) =>
    library.func(declaration) as (...values: Arguments) => number;

  const prctl = call<[number, number, number, number, number]>(
    'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
  );
  if (prctl(setChildSubreaper, 1, 0, 0, 0) !== 0) return undefined;

  const fillSignals = call<[Buffer]>('int sigfillset(void *set)');
  const emptySignals = call<[Buffer]>('int sigemptyset(void *set)');
  const initAttributes = call<[Buffer]>('int posix_spawnattr_init(void *attributes)');
  const setFlags = call<[Buffer, number]>('int posix_spawnattr_setflags(void *attributes, short flags)');
  const setDefaults = call<[Buffer, Buffer]>(
    'int posix_spawnattr_setsigdefault(void *attributes, void *set)',
  );
  const setMask = call<[Buffer, Buffer]>('int posix_spawnattr_setsigmask(void *attributes, void *set)');
  const initActions = call<[Buffer]>('int posix_spawn_file_actions_init(void *actions)');
  const freeActions = call<[Buffer]>('int posix_spawn_file_actions_destroy(void *actions)');
  const addOpen = call<[Buffer, number, string, number, number]>(
    'int posix_spawn_file_actions_addopen(void *actions, int to, const char *path, int flags, unsigned int mode)',
  );
  const addDuplicate = call<[Buffer, number, number]>(
    'int posix_spawn_file_actions_adddup2(void *actions, int from, int to)',
  );
  const addFolder = call<[Buffer, string]>(
    'int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)',
  );
  const posixSpawn = call<
    [Buffer, string, Buffer, Buffer, readonly (string | null)[], readonly (string | null)[]]
  >(
    'int posix_spawn(void *pid, const char *path, void *actions, void *attributes, const char **argv, const char **envp)',
  );
  const fcntl = call<[number, number, number]>('int fcntl(int file, int command, unsigned long value)');
  const waitpid = call<[number, Buffer, number]>('int waitpid(int pid, void *status, int options)');

  const number = Buffer.allocUnsafeSlow(4);
  const signals = Buffer.allocUnsafeSlow(signalsBytes);
  const actions = Buffer.allocUnsafeSlow(actionsBytes);
  const attributes = Buffer.allocUnsafeSlow(attributesBytes);

  initAttributes(attributes);
  setFlags(attributes, ownSessionAndSignals);
  fillSignals(signals);
  setDefaults(attributes, signals);
  emptySignals(signals);
  setMask(attributes, signals);

  return {
    spawn({ file, args, folder, env, stdout, stderr }) {
      let error = initActions(actions);
      if (error !== 0) return { kind: 'failed', error };
      try {
        error =
          addFolder(actions, folder) ||
          addOpen(actions, 0, '/dev/null', readOnly, 0) ||
          addDuplicate(actions, stdout, 1) ||
          addDuplicate(actions, stderr, 2) ||
          posixSpawn(number, file, actions, attributes, [...args, null], [...env, null]);
      } finally {
        freeActions(actions);
      }
      return error === 0 ? { kind: 'started', pid: number.readInt32LE() } : { kind: 'failed', error };
    },
    reap() {
      const pid = waitpid(-1, number, doNotWait);
      if (pid > 0) return { kind: 'ended', pid, status: number.readInt32LE() };
      return { kind: pid === 0 ? 'none-ended' : 'none' };
    },
    widenPipe(file, bytes) {
      fcntl(file, setPipeSize, bytes);
    },
  };
}
