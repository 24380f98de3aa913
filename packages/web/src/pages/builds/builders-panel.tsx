import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Build } from '@millrace/protocol/api/builds';
import type { Builder } from '@millrace/protocol/api/builders';
import type { List } from '../../api/queries.ts';
import { Mark } from '../../marks/mark.tsx';
import { markOf } from '../../marks/marks.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ForceForm } from '../../parts/force-form.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Ago } from '../../time/time.tsx';
import pageStyles from '../page.module.css';
import styles from './builders-panel.module.css';
import { History } from './history.tsx';

interface BuildersPanelProps {
  readonly builders: UseQueryResult<List<Builder>>;
  readonly latest: ReadonlyMap<string, Build>;
  readonly recent: readonly Build[];
}

/** The builders: whether each is well, how it was lately, and a button that asks for a build. */
export function BuildersPanel({ builders, latest, recent }: BuildersPanelProps) {
  const [forcing, setForcing] = useState<Builder | undefined>(undefined);
  return (
    <section aria-label="Builders" className={styles.panel}>
      <h2 className={pageStyles.group}>Builders</h2>
      <div className={pageStyles.card}>
        {builders.isPending ? <Skeleton rows={4} height={52} /> : null}
        {builders.isError ? <Trouble error={builders.error} /> : null}
        <ul>
          {(builders.data?.items ?? []).map((builder) => {
            const last = latest.get(builder.name);
            return (
              <li key={builder.name} className={styles.builder}>
                <span className={styles.mark}>
                  <Mark
                    name={last === undefined ? (builder.running > 0 ? 'running' : 'waiting') : markOf(last)}
                  />
                </span>
                <Link to="/builders/$name" params={{ name: builder.name }} className={styles.name}>
                  {builder.name}
                </Link>
                <span className={styles.facts}>
                  <Facts builder={builder} last={last} />
                </span>
                <span className={styles.history}>
                  <History builds={recent.filter((build) => build.builder === builder.name).slice(0, 12)} />
                </span>
                <Button
                  className={styles.force ?? ''}
                  aria-label={`Force ${builder.name}`}
                  onClick={() => setForcing(builder)}
                >
                  Force
                </Button>
              </li>
            );
          })}
        </ul>
        {builders.data?.items.length === 0 ? (
          <p className={pageStyles.empty}>The config has no builders.</p>
        ) : null}
      </div>
      {forcing === undefined ? null : (
        <Dialog title={`Force ${forcing.name}`} onClose={() => setForcing(undefined)}>
          <ForceForm builder={forcing} onForced={() => setForcing(undefined)} />
        </Dialog>
      )}
    </section>
  );
}

function Facts({ builder, last }: { readonly builder: Builder; readonly last: Build | undefined }) {
  const parts: React.ReactNode[] = [];
  if (builder.running > 0)
    parts.push(
      <span key="running" className={styles.running}>
        {builder.running} running
      </span>,
    );
  if (builder.pending > 0) parts.push(<span key="waiting">{builder.pending} waiting</span>);
  if (parts.length === 0 && last?.finishedAt) parts.push(<Ago key="last" at={last.finishedAt} />);
  if (parts.length === 0) parts.push(<span key="never">never built</span>);
  return parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]));
}
