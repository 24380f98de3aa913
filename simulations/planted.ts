/**
 * Bugs that a system of this kind has had, each as a patch to production code. The simulator must find every
 * one within 500 seeds, else its green seeds prove little. A patch whose text is no longer there is an error.
 */
export interface PlantedBug {
  readonly name: string;
  /** What goes wrong. */
  readonly story: string;
  /** From the project's root. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** The reloads find it, not the other seeds. */
  readonly byReloads?: true;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledge-before-commit',
    story: 'A worker is told that its records are kept while they are only on their way to the store.',
    file: 'packages/master/src/workers/agent-store.ts',
    before: '    apply: (input) => store.do(applyJournal, input),',
    after: `    apply: async (input) => {
      void store.do(applyJournal, input);
      const bytes = Buffer.from(input.records);
      let end = 0;
      let last = 0;
      while (end < bytes.length) {
        last = end;
        end += bytes.readUInt32LE(end);
      }
      const hash = bytes.toString('hex', end - 32, end);
      const position = { seq: bytes.readUInt32LE(last + 8) + 1, hash, byte: input.byte + end };
      return { kind: 'applied', position, ended: bytes.includes('"build-finished"', last) };
    },`,
  },
  {
    name: 'apply-twice',
    story: 'Records that were applied before are applied again when they are sent again.',
    file: 'packages/master/src/model/skip-applied.ts',
    before: `  if (byte > position.byte) return { kind: 'ahead' };`,
    after: `  if (byte > position.byte) return { kind: 'ahead' };
  if (byte < position.byte) return { kind: 'at', offset: 0 };`,
  },
  {
    name: 'claim-twice',
    story: 'A request that was given out is given out again by whoever chose it at the same time.',
    file: 'packages/master/src/store/operations/claim.ts',
    before: `where r.id = ? and r.state = 'pending' and r.not_before <= ?`,
    after: `where r.id = ? and r.state <> 'finished' and r.not_before <= ?`,
  },
  {
    name: 'lose-wakeup',
    story: 'A wake-up that comes while the dispatcher is at work is forgotten.',
    file: 'packages/kernel/src/wakeup.ts',
    before: `    this.#awake = true;
    this.#waiting?.();`,
    after: `    this.#awake = this.#waiting !== undefined;
    this.#waiting?.();`,
  },
  {
    name: 'reuse-fence',
    story: 'A request that is claimed anew gets the fence of its earlier holder.',
    file: 'packages/master/src/store/operations/claim.ts',
    before: 'select r.fence + 1 as fence',
    after: 'select 1 as fence',
  },
  {
    name: 'cut-too-much',
    story: 'Recovery from a torn tail cuts one byte of the last whole record.',
    file: 'packages/worker/src/journal/recover-journal.ts',
    before: 'if (cutBytes > 0) bytes.truncate(wholeBytes);',
    after: 'if (cutBytes > 0) bytes.truncate(wholeBytes - 1);',
  },
  {
    name: 'expire-unheard-by-nobody',
    story: 'Workers are lost for the time in which no master listened.',
    file: 'packages/master/src/store/operations/silence.ts',
    before: 'if (tx.now - listeningSince <= input.lostAfterMs) return [];',
    after: 'if (listeningSince > tx.now) return [];',
  },
  {
    name: 'finish-before-last-chunk',
    story: 'A log is closed before its last piece is written.',
    file: 'packages/worker/src/output/log-writer.ts',
    before: `    this.#timer.cancel();
    this.#chunker.flush();
    const { byte, line } = this.#chunker.place;`,
    after: `    this.#timer.cancel();
    const { byte, line } = this.#chunker.place;`,
  },
  {
    name: 'forget-changes-of-the-leaving',
    story: 'A scheduler that leaves the config has not looked at a change that came before.',
    file: 'packages/master/src/reloading/reloader.ts',
    before: 'const patient = clock.monotonicMs() < giveUpMs;',
    after: 'const patient = false;',
    byReloads: true,
  },
  {
    name: 'return-to-the-past',
    story: 'A scheduler that returns builds what came while it was away.',
    file: 'packages/master/src/store/operations/generations.ts',
    before: 'do update set cursor = excluded.cursor, left_at = null',
    after: 'do update set left_at = null',
    byReloads: true,
  },
  {
    name: 'plan-by-the-next-config',
    story: 'What one config chose is planned, or refused, by the code of the next.',
    file: 'packages/master/src/dispatch/dispatcher.ts',
    before: '        if (this.#parts.config.get() !== inForce) return undefined;\n',
    after: '',
    byReloads: true,
  },
  {
    name: 'forget-who-left',
    story: 'A worker that left the config while it builds is not let in again to be recorded.',
    file: 'packages/master/src/workers/introduce.ts',
    before: 'return departed === null ? workers : [departed];',
    after: 'return workers;',
    byReloads: true,
  },
  {
    name: 'forget-property',
    story: 'A property that a step has set is not known to the steps after it.',
    file: 'packages/worker/src/slot/build-properties.ts',
    before: 'this.#all = { ...this.#all, [name]: value };',
    after: 'void name;',
  },
  {
    name: 'hand-on-what-does-not-follow',
    story: 'A follower of a log takes what he is handed, though something is missing before it.',
    file: 'packages/master/src/logs/news.ts',
    before: '      if (chunk.place.byte !== next) {',
    after: '      if (chunk.place.byte < 0) {',
  },
  {
    name: 'take-events-that-do-not-follow',
    story: 'Who follows the events takes those that a commit hands on, though some are missing before them.',
    file: 'packages/master/src/events/event-feed.ts',
    before: '    if (fresh.first !== next) return',
    after: '    if (fresh.first < next) return',
  },
];
