import { chunksIn } from '@millrace/protocol/journal/chunks-in';
import { FreshChunk } from './fresh-chunk.ts';

/** Larger records are not handed on: reading them back costs little beside what else they cost. */
const recordsBytesMax = 64 * 1024;

/** Somebody who follows a log. */
export interface FreshListener {
  /** Committed, and handed on once, in the order of the log; what is older than the listener may be among it. */
  give(chunk: FreshChunk): void;
  /** There may be more in the store than was handed on. */
  look(): void;
}

/** That somebody follows a log, until he ends it. */
export interface Following {
  /** Records of its build are on their way: the listener will be told what comes of them. */
  readonly isComing: boolean;
  end(): void;
}

/** Where followers are handed what is committed. */
export interface FreshSource {
  /** `log`: the number that its journal gave it. */
  follow(build: number, log: number, listener: FreshListener): Following;
}

/** Records of a followed build on their way to the store. Say once what has become of them. */
export interface FreshRecords {
  /** They are committed up to this byte of their journal. */
  committed(untilByte: number): void;
  /** They were refused, or nobody knows. */
  lost(): void;
}

/**
 * Hands on what this process commits of logs that somebody follows, so that nobody has to look for it in the store, read
 * it from the disk and open it once more. A short cut, and nothing else: what it does not hand on (a gap, an end, another
 * master's output) is found in the store, as all of it can be.
 */
export class FreshOutput implements FreshSource {
  readonly #builds = new Map<number, FollowedBuild>();

  follow(build: number, log: number, listener: FreshListener): Following {
    const followed = this.#builds.get(build) ?? new FollowedBuild();
    this.#builds.set(build, followed);
    followed.add(log, listener);
    return {
      get isComing() {
        return followed.isComing;
      },
      end: () => {
        followed.remove(log, listener);
        if (followed.isForgotten && this.#builds.get(build) === followed) this.#builds.delete(build);
      },
    };
  }

  /**
   * These whole records, from a byte of their journal on, are about to be handed to the store, which takes them away.
   * Undefined where nobody follows their build.
   */
  onTheWay(build: number, byte: number, records: Uint8Array): FreshRecords | undefined {
    return this.#builds.get(build)?.onTheWay(byte, records);
  }
}

/** Who follows the logs of one build. */
class FollowedBuild {
  readonly #logs = new Map<number, Set<FreshListener>>();
  #underWay = 0;
  #joins = 0;

  get isComing(): boolean {
    return this.#underWay > 0;
  }

  get isForgotten(): boolean {
    return this.#logs.size === 0;
  }

  add(log: number, listener: FreshListener): void {
    const listeners = this.#logs.get(log) ?? new Set();
    this.#logs.set(log, listeners.add(listener));
    this.#joins += 1;
  }

  remove(log: number, listener: FreshListener): void {
    const listeners = this.#logs.get(log);
    if (listeners?.delete(listener) && listeners.size === 0) this.#logs.delete(log);
  }

  onTheWay(byte: number, records: Uint8Array): FreshRecords {
    this.#underWay += 1;
    const joins = this.#joins;
    const isTaken = records.length <= recordsBytesMax;
    const { chunks, others } = isTaken ? chunksIn(records) : { chunks: [], others: true };
    const taken = chunks
      .filter(({ chunk }) => this.#logs.has(chunk.log))
      .map(({ chunk, end }) => ({ log: chunk.log, endByte: byte + end, chunk: new FreshChunk(chunk) }));
    return {
      committed: (untilByte) => {
        this.#underWay -= 1;
        for (const { log, endByte, chunk } of taken)
          if (endByte <= untilByte) for (const listener of this.#logs.get(log) ?? []) listener.give(chunk);
        // Who came meanwhile may have looked before the commit, and is given only what came after him.
        if (others || joins !== this.#joins) this.#tellToLook();
      },
      lost: () => {
        this.#underWay -= 1;
        this.#tellToLook();
      },
    };
  }

  #tellToLook(): void {
    for (const listeners of this.#logs.values()) for (const listener of listeners) listener.look();
  }
}
