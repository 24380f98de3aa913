import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { sleep, systemClock } from '@millrace/kernel/clock';
import { sweepHeap } from '@millrace/kernel/heap-sweep';
import { randomId } from '@millrace/kernel/ids';
import { systemRandom } from '@millrace/kernel/random';
import type { Forced } from '@millrace/protocol/api/builds';
import { replaceCertificate } from './api/http-server.ts';
import { nodeProcessFigures } from './api/process-figures.ts';
import { createApi } from './api/server.ts';
import { drain } from './builds/drain.ts';
import { LeaseReaper } from './builds/lease-reaper.ts';
import { RepositoryPoller } from './changes/repository-poller.ts';
import { SourceHelper } from './changes/source-helper.ts';
import { SourceRevisions } from './changes/source-revisions.ts';
import type { TlsConfig } from './config/access-config.ts';
import type { Config } from './config/config.ts';
import { ConfigInForce } from './config/config-in-force.ts';
import { OrderSecrets } from './config/order-secrets.ts';
import { readSecret } from './config/read-secret.ts';
import { ConfigThread } from './config/thread/config-thread.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { EventFeed } from './events/event-feed.ts';
import { zstdCompression } from './logs/compression.ts';
import { FreshOutput } from './logs/fresh-output.ts';
import { LogMerger } from './logs/log-merger.ts';
import { beginThreads } from './main/begin-threads.ts';
import type { BegunThreads } from './main/begin-threads.ts';
import { Duties } from './main/duties.ts';
import { forceStart } from './main/force-start.ts';
import { HeapSweeper } from './main/heap-sweeper.ts';
import { handOnOutput } from './main/hand-on-output.ts';
import { listen, readableOnTheWay, refuseOpenDoor } from './main/listen.ts';
import { printTo } from './main/print-to.ts';
import { defaultMasterName, openStore } from './main/open-store.ts';
import { TlsKeeper } from './main/tls-keeper.ts';
import { TokenWatch } from './main/token-watch.ts';
import { troubleLog } from './main/trouble-log.ts';
import { watchBy } from './main/watch-by.ts';
import { Reloader } from './reloading/reloader.ts';
import type { ReloadAnswer, ReloadAsked } from './reloading/reloader.ts';
import { Retention } from './retention/retention.ts';
import { SchedulerLoop } from './schedulers/scheduler-loop.ts';
import { LoadRecorder } from './profile/load-recorder.ts';
import { LoopDelayMeter } from './profile/loop-delay.ts';
import { ProfileDesk } from './profile/profile-desk.ts';
import { Watcher } from './profile/watcher.ts';
import { MeasuredStore } from './store/measured-store.ts';
import { recordStall } from './store/operations/stalls.ts';
import { sweepStoreThread } from './store/sqlite/thread/begin-store-thread.ts';
import { attachAgents } from './workers/agent-server.ts';
import { AgentSessions } from './workers/agent-sessions.ts';
import { storeForAgents } from './workers/agent-store.ts';
import { CancelTeller } from './workers/cancel-teller.ts';
import { version } from './version.ts';

export interface MasterOptions {
  readonly configFile: string;
  /** Everything is kept here; it is this process's alone. */
  readonly dataFolder: string;
  /** The URL of a PostgreSQL that is the store, instead of the data folder. It may hold a password. */
  readonly store?: string;
  /** Leases and workers know it by this name, also after a restart: one of its own for each master of a store. */
  readonly name?: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Files for TLS; absent: as the config says, or none. */
  readonly tls?: TlsConfig;
  /** Addresses of proxies in front of it (`127.0.0.1`, `10.0.0.0/8`), which are believed about whom they speak for. */
  readonly proxies?: readonly string[];
  /** The folder of the built pages. */
  readonly pagesFolder: string;
  /** Whether a second thread watches the event loop; it does by default. */
  readonly watched?: boolean;
  /** A line for whoever runs the master. */
  readonly log: (line: string) => void;
  /** The store has died under it: it can do nothing any more, and whoever started it ends the process. */
  readonly onDeath: (error: Error) => void;
  /** In which thread the store works; its own by default. */
  readonly storeInPlace?: boolean;
  /** By `beginThreads`, of the same options; the start begins them itself where they are absent. */
  readonly threads?: BegunThreads;
}

/** A master that has begun, and can be reached at `url`. */
export interface RunningMaster {
  readonly url: string;
  /** The file of the certificate that it answers with, and the name that that is for; null: it speaks no TLS. */
  readonly certificate: { readonly file: string; readonly name: string | null } | null;
  /** As it was at the start. */
  readonly config: Config;
  /** See {@link forceStart}. */
  force(builder: string): Promise<Forced | null>;
  /** Reads the config again, and brings it into force as a whole or not at all. */
  reload(asked: ReloadAsked): Promise<ReloadAnswer>;
  /**
   * Gives nothing out any more, cancels what runs, to be queued again at the next start, and waits for its end.
   * Answers how many builds have not ended in time.
   */
  drain(signal: AbortSignal): Promise<number>;
  /** Stops in order. Builds go on; their workers connect to the next master. */
  close(): Promise<void>;
}

/** Of the main thread: what V8 holds, and the CPU that was used. */
const ownHeap = {
  heap: () => {
    const { total_heap_size: held, used_heap_size: used } = getHeapStatistics();
    return { held, used };
  },
  cpuUs: () => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  },
};
const drainMsMax = 30_000;
/** Where no other master can have the store no signal is lost: to look again is for what nobody thought of. */
const aloneLookAgainMs = 12_000;
/** A repository that takes longer to be looked at does not hold up the start. */
const firstLookMsMax = 3_000;

/**
 * Starts a master: the only place that knows everybody.
 *
 * @throws ConfigError; MillraceError `tokens-needed`, `port-in-use`, `folder-in-use`, `name-in-use`, `schema-too-new`,
 *   `tls-unusable`,
 *   and what opening a PostgreSQL throws
 */
export async function startMaster(options: MasterOptions): Promise<RunningMaster> {
  const clock = systemClock;
  // What was begun is undone in the opposite order: at a start that fails, and at the end.
  await using begun = new AsyncDisposableStack();

  const read = () => ConfigThread.open({ file: options.configFile, clock, print: printTo(options.log) });
  const threads = options.threads ?? beginThreads(options);
  // Where it was taken it has ended by then.
  begun.defer(async () => void (await threads.store?.terminate()));
  const planner = new ConfigInForce(await threads.config);
  begun.defer(() => planner.close());
  const mayServe = (config: Config): void => refuseOpenDoor(options.host, config);
  mayServe(planner.get());

  const url = options.store ?? planner.get().store ?? null;
  const opened = await openStore({
    url,
    dataFolder: options.dataFolder,
    inPlace: options.storeInPlace ?? false,
    onDeath: options.onDeath,
    ...(threads.store !== null && { thread: threads.store }),
  });
  begun.defer(() => opened.close());
  const store = new MeasuredStore(opened.store, clock);
  const reader = new SourceHelper(path.join(options.dataFolder, 'mirrors'));
  begun.defer(() => reader.close());

  const onTrouble = troubleLog(clock, options.log);
  const master = options.name ?? defaultMasterName(url);
  const parts = { master, store, clock, config: planner, onTrouble };
  const freshOutput = new FreshOutput();
  const sessions = new AgentSessions({
    ...parts,
    store: handOnOutput(storeForAgents(store), freshOutput),
    secrets: new OrderSecrets(planner),
    next: (slot) => dispatcher.next(slot),
  });
  const lookAgain = opened.alone ? { lookAgainMs: aloneLookAgainMs } : {};
  const dispatcher = new Dispatcher({ ...parts, ...lookAgain, planner, workers: sessions });
  const reloader = new Reloader({ ...parts, config: planner, file: options.configFile, read, mayServe });
  const watcher = new Watcher({
    ...parts,
    version,
    watched: options.watched ?? true,
    dataFolder: options.dataFolder,
    storeSampling: opened.sampling,
    onStall: (stall) => {
      load.addStall();
      store.do(recordStall, { master, stall }).catch(onTrouble);
    },
    onTimes: (times) => load.addTimes(times),
  });
  begun.defer(() => watcher.close());
  const load = new LoadRecorder({
    ...parts,
    version,
    beat: () => watcher.heart.beat,
    delay: watcher.heart.delays.load,
    residentBytes: () => process.memoryUsage.rss(),
  });
  const profiles = new ProfileDesk({
    master,
    version,
    watcher,
    work: () => store.work?.figures(),
    delays: () => new LoopDelayMeter(),
  });
  const revisions = new SourceRevisions(planner, reader, clock);
  const figures = nodeProcessFigures(watcher.heart.delays.metrics);
  let ready = false;
  const tlsFiles = options.tls ?? planner.get().tls;
  const tls =
    tlsFiles &&
    new TlsKeeper({
      files: tlsFiles,
      clock,
      read: (file) => readFileSync(file, 'utf8'),
      serve: (material) => replaceCertificate(api.server, material),
      log: options.log,
      onTrouble,
    });
  const api = createApi({
    ...parts,
    events: new EventFeed({ ...parts, ...lookAgain }),
    reload: (asked) => reloader.reload(asked),
    takeProfile: (asked) => profiles.take(asked),
    revisions,
    dispatch: dispatcher,
    readSecret,
    logWatch: watchBy(sessions),
    freshOutput,
    process: figures,
    storeLoad: store,
    tls: tls?.served ?? null,
    ...(options.proxies !== undefined && { proxies: options.proxies }),
    pages: options.pagesFolder,
    ready: () => (ready ? { ready } : { ready, message: 'The master is starting, or stopping.' }),
  });
  begun.defer(() => api.close());
  const address = await listen(api, options.host, options.port);
  const readable = readableOnTheWay(options.host, tls !== null || options.proxies !== undefined);
  if (readable !== undefined) options.log(readable);

  const incarnation = randomId(systemRandom);
  const lostAfterMs = (): number => planner.get().lostAfterMs;
  const reaper = new LeaseReaper({ ...parts, incarnation, lostAfterMs, onReplaced: options.onDeath });
  await reaper.begin(opened.alone);
  begun.defer(() => reaper.end());
  await reloader.begin();
  begun.defer(planner.onChange(() => sessions.reconsider()));
  begun.defer(planner.onChange(() => tls?.look()));
  const duties = new Duties(onTrouble);
  begun.defer(() => duties.stop('work', 'watch'));
  const poller = new RepositoryPoller({ ...parts, reader, log: options.log });
  duties.start('watch', reaper);
  duties.start('watch', new TokenWatch({ ...parts, log: options.log }));
  duties.start('watch', load);
  const recordedBytes = (): number => store.work?.figures().bytes ?? 0;
  const sweep = async (): Promise<void> => {
    await sweepHeap();
    if (threads.store !== null) sweepStoreThread(threads.store);
    planner.sweep();
    watcher.sweep();
  };
  // Of another thread somebody else has the say.
  if (isMainThread) duties.start('watch', new HeapSweeper({ ...parts, ...ownHeap, recordedBytes, sweep }));
  if (tls !== null) duties.start('watch', tls);
  duties.start('work', poller);
  duties.start('work', new SchedulerLoop(parts));
  duties.start('work', new LogMerger({ ...parts, compression: zstdCompression }));
  duties.start('work', new Retention(parts));
  duties.start('work', dispatcher);
  begun.defer(new CancelTeller({ ...parts, workers: sessions }).start());
  begun.defer(() => sessions.close());
  begun.defer(attachAgents(api.server, sessions, clock));
  // From when on a commit is sure to be noticed.
  const looked = new AbortController();
  void poller.looked.then(() => looked.abort());
  await sleep(clock, firstLookMsMax, looked.signal);
  ready = true;
  // It takes 60 ms of the main thread to begin, and nobody waits for it.
  watcher.begin();

  const end = begun.move();
  return {
    url: tls === null ? address : address.replace(/^http:/, 'https:'),
    certificate: tlsFiles && { file: tlsFiles.cert, name: tls?.served.name ?? null },
    config: planner.get(),
    reload: (asked) => reloader.reload(asked),
    force: (builder) => forceStart({ store, revisions, config: planner.get() }, builder),
    async drain(signal) {
      ready = false;
      await duties.stop('work');
      return drain({ store, clock, drainMsMax }, signal);
    },
    async close() {
      ready = false;
      await end.disposeAsync();
    },
  };
}
