import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Profile, ProfileAsked } from '@millrace/protocol/api/profiles';
import { post } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { clock } from '../../time/clock.ts';
import { useNow } from '../../time/use-now.ts';
import pageStyles from '../page.module.css';
import panel from './panel.module.css';
import styles from './profile-panel.module.css';
import { ProfileResult } from './profile-result.tsx';

const secondsOffered = [2, 5, 10, 30] as const;

/** Takes a profile of the running master, and shows what came of it until the next one is taken. */
export function ProfilePanel({ master }: { readonly master: string }) {
  const [seconds, setSeconds] = useState<number>(5);
  const taking = useMutation({
    mutationFn: (asked: ProfileAsked) =>
      post<Profile>(`/masters/${encodeURIComponent(master)}/profile`, asked),
  });
  return (
    <section aria-labelledby="profile">
      <div className={panel.head}>
        <h2 id="profile" className={panel.title}>
          Profile
        </h2>
        <label className={styles.seconds}>
          for
          <select
            className={styles.select}
            aria-label="For how long"
            value={seconds}
            disabled={taking.isPending}
            onChange={(event) => setSeconds(Number(event.target.value))}
          >
            {secondsOffered.map((offered) => (
              <option key={offered} value={offered}>
                {offered} seconds
              </option>
            ))}
          </select>
        </label>
        <Button
          look="main"
          hint="p"
          data-profile
          disabled={taking.isPending}
          onClick={() => taking.mutate({ seconds, cpuProfile: true })}
        >
          Take a profile
        </Button>
      </div>
      <div className={pageStyles.card} aria-busy={taking.isPending}>
        {taking.isPending ? (
          <Sampling since={taking.submittedAt} seconds={taking.variables.seconds ?? 5} />
        ) : null}
        {taking.isError ? (
          <p className={`${panel.inside} ${styles.refused}`} role="alert">
            {taking.error.message}
          </p>
        ) : null}
        {taking.isIdle ? (
          <p className={pageStyles.empty}>
            The master goes on while it is looked at. Or on its machine: <code>millrace profile</code>
          </p>
        ) : null}
        {taking.isSuccess ? <ProfileResult key={taking.data.at} profile={taking.data} /> : null}
      </div>
    </section>
  );
}

/** How far the sampling is; what comes after it takes as long as it takes. */
function Sampling({ since, seconds }: { readonly since: number; readonly seconds: number }) {
  useNow(200);
  const part = Math.min(1, Math.max(0, (clock.now() - since) / (seconds * 1000)));
  return (
    <div className={panel.inside}>
      <p className={styles.told} role="status">
        {part < 1 ? `Sampling for ${seconds} seconds …` : 'Putting the samples together …'}
      </p>
      <div
        className={styles.progress}
        role="progressbar"
        aria-label="Sampling"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
      >
        <div className={styles.part} style={{ transform: `scaleX(${part})` }} />
      </div>
    </div>
  );
}
