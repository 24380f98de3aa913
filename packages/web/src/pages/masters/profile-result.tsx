import { useState } from 'react';
import type { Profile, ThreadProfile } from '@millrace/protocol/api/profiles';
import { Button } from '../../parts/button.tsx';
import { Ago } from '../../time/time.tsx';
import { millisecondsText, numberText, percentText, sizeText } from '../../words/figures.ts';
import { FlameGraph } from './flame-graph.tsx';
import panel from './panel.module.css';
import { download, profileFiles } from './profile-files.ts';
import styles from './profile-result.module.css';
import { ThreadTables } from './profile-tables.tsx';
import { roomColour } from './room-colour.ts';
import { StoreWorkTable } from './store-work-table.tsx';

/** What a profile says: idle or busy first, then what took each thread, then what was written. */
export function ProfileResult({ profile }: { readonly profile: Profile }) {
  const { threads, seconds, busyShare, blockedMs, loopDelay, gc, at, version, store } = profile;
  const [chosen, setChosen] = useState<string>('main');
  const thread = threads.find((one) => one.thread === chosen) ?? threads[0];
  return (
    <div className={`${panel.inside} ${styles.result}`}>
      <p className={styles.headline} role="status">
        <strong>{percentText(busyShare)} busy</strong>, {percentText(1 - busyShare)} idle for{' '}
        {numberText(seconds)} s
        <span className={styles.about}>
          {' '}
          millrace {version}, <Ago at={at} />
        </span>
      </p>
      {blockedMs > 0 ? (
        <p className={styles.blocked} role="alert">
          Its event loop is blocked: it had not come round for {millisecondsText(blockedMs)}.
        </p>
      ) : null}
      <dl className={styles.facts}>
        {loopDelay === null ? null : (
          <div>
            <dt>Late by, p50 · p99 · most</dt>
            <dd>
              {millisecondsText(loopDelay.p50)} · {millisecondsText(loopDelay.p99)} ·{' '}
              {millisecondsText(loopDelay.max)}
            </dd>
          </div>
        )}
        <div>
          <dt>Garbage collected</dt>
          <dd>
            {gc.count} times, {millisecondsText(gc.ms)}
          </dd>
        </div>
        {store === null ? null : (
          <>
            <div>
              <dt>Commits</dt>
              <dd>{numberText(store.commits)}</dd>
            </div>
            <div>
              <dt>Fsyncs</dt>
              <dd>{numberText(store.commits + store.segmentSyncs)}</dd>
            </div>
            <div>
              <dt>Logs written</dt>
              <dd>{sizeText(store.bytes)}</dd>
            </div>
          </>
        )}
      </dl>
      <div className={styles.threads} role="group" aria-label="Threads">
        {threads.map((one) => (
          <ThreadBar
            key={one.thread}
            thread={one}
            isChosen={one === thread}
            onChoose={() => setChosen(one.thread)}
          />
        ))}
      </div>
      {thread === undefined ? null : (
        <>
          {thread.unsampledMs > 0 ? (
            <p className={styles.blocked}>
              It did one thing for {millisecondsText(thread.unsampledMs)}, and could not be sampled meanwhile.
            </p>
          ) : null}
          <FlameGraph key={thread.thread} thread={thread} />
          <ThreadTables thread={thread} />
        </>
      )}
      {store === null ? null : <StoreWorkTable work={store} />}
      <div className={styles.files}>
        <span className={styles.about}>Download</span>
        {profileFiles(profile).map((file) => (
          <Button key={file.name} title={file.name} onClick={() => download(file)}>
            {file.label}
          </Button>
        ))}
      </div>
    </div>
  );
}

interface ThreadBarProps {
  readonly thread: ThreadProfile;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

/** A thread's time as one bar: what each room took, and what is left was idle. */
function ThreadBar({ thread: { thread, busyMs, idleMs, rooms }, isChosen, onChoose }: ThreadBarProps) {
  const allMs = Math.max(1, busyMs + idleMs);
  return (
    <button type="button" className={styles.thread} aria-pressed={isChosen} onClick={onChoose}>
      <span className={styles.threadName}>{thread === 'main' ? 'Main thread' : 'Store’s thread'}</span>
      <span className={styles.threadShare}>
        {percentText(busyMs / allMs)} busy, {percentText(idleMs / allMs)} idle
      </span>
      <span className={styles.bar} aria-hidden>
        {rooms.map(({ room, selfMs }) => (
          <span
            key={room}
            title={`${room} ${percentText(selfMs / allMs)}`}
            style={{ width: `${(selfMs / allMs) * 100}%`, background: roomColour(room) }}
          />
        ))}
      </span>
    </button>
  );
}
