import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BuildDetail } from '@millrace/protocol/api/builds';
import { queries } from '../../api/queries.ts';
import { Mark } from '../../marks/mark.tsx';
import { markOf, marks } from '../../marks/marks.ts';
import { cancelBuild, retryBuild } from '../../parts/build-acts.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Progress } from '../../parts/progress.tsx';
import { Ago, Took } from '../../time/time.tsx';
import { buildSentence } from '../../words/build-sentence.ts';
import { estimate } from '../../words/estimate.ts';
import { failingSince } from '../../words/failing-since.ts';
import { personName } from '../../words/person-name.ts';
import { forceCommand } from '../../words/force-command.ts';
import { factsText } from '../workers/facts-text.ts';
import styles from './build-header.module.css';

/** What a person wants to know at once: how it is, why, of what, where, since when. */
export function BuildHeader({ build }: { readonly build: BuildDetail }) {
  const held = useQueryClient();
  const mark = markOf(build);
  const history = useQuery(queries.history(build.builder, build.branch ?? undefined));
  const expected = build.state === 'running' ? estimate(history.data?.items ?? []) : undefined;
  const [subject] = build.change?.message.split('\n', 1) ?? [];
  const command = forceCommand({
    builder: build.builder,
    branch: build.branch,
    revision: build.revision,
    properties: build.properties.filter((property) => property.source === 'buildset'),
  });
  return (
    <header className={styles.header} data-mark={mark}>
      <div className={styles.top}>
        <Mark name={mark} size={28} />
        <h1 className={styles.title}>
          <Link to="/builders/$name" params={{ name: build.builder }}>
            {build.builder}
          </Link>{' '}
          <span className={styles.number}>#{build.number}</span>
        </h1>
        <p className={styles.sentence}>
          <b className={styles.word}>{marks[mark].word}</b>
          <span>{buildSentence(build, build.steps)}</span>
        </p>
        <div className={styles.acts}>
          <CopyButton text={command} title={command}>
            Copy command
          </CopyButton>
          {build.state === 'running' ? (
            <Button hint="x" disabled={build.cancelling} onClick={() => cancelBuild(build, held)}>
              {build.cancelling ? 'Cancelling' : 'Cancel'}
            </Button>
          ) : (
            <Button hint="r" onClick={() => void retryBuild(build)}>
              Retry
            </Button>
          )}
        </div>
      </div>
      <dl className={styles.facts}>
        {subject === undefined || build.change === null ? null : (
          <Fact name="Change" wide>
            <span className={styles.subject} title={build.change.message}>
              {build.change.link === null ? (
                subject
              ) : (
                <a href={build.change.link} rel="noreferrer">
                  {subject}
                </a>
              )}
            </span>{' '}
            <span className={styles.faint}>by {personName(build.change.author)}</span>
          </Fact>
        )}
        {build.branch === null ? null : (
          <Fact name="Branch">
            <Link to="/" search={{ branch: build.branch }} className={styles.branch} title={build.branch}>
              {build.branch}
            </Link>
          </Fact>
        )}
        {build.revision === null ? null : (
          <Fact name="Revision">
            <span className={styles.mono} title={build.revision}>
              {build.revision.slice(0, 10)}
            </span>
            <CopyButton text={build.revision} title="Copy the whole revision">
              Copy
            </CopyButton>
          </Fact>
        )}
        <Fact name="Worker">
          <Link to="/workers" {...(build.workerFacts !== null && { title: factsText(build.workerFacts) })}>
            {build.worker}
          </Link>
          {build.workerFacts === null ? null : (
            <span className={styles.faint}>
              {' '}
              {build.workerFacts.os} {build.workerFacts.architecture}
            </span>
          )}
        </Fact>
        <Fact name="Config">
          <span
            className={styles.mono}
            title={`The version of the config that planned it: ${build.generation}`}
          >
            {build.generation.slice(0, 8)}
          </span>
        </Fact>
        <Fact name={build.finishedAt === null ? 'Started' : 'Ended'}>
          <Ago at={build.finishedAt ?? build.startedAt} />
        </Fact>
        <Fact name={build.finishedAt === null ? 'Running for' : 'Took'}>
          <Took from={build.startedAt} to={build.finishedAt} />
          {expected === undefined ? null : <Progress startedAt={build.startedAt} estimate={expected} />}
        </Fact>
        <Fact name="Because">
          <span className={styles.because} title={build.buildset.reason}>
            {build.buildset.scheduler ?? build.buildset.reason}
          </span>
        </Fact>
      </dl>
      <Since build={build} history={history.data?.items ?? []} />
      <Attempts build={build} />
    </header>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: React.ReactNode;
  readonly wide?: boolean;
}

function Fact({ name, children, wide = false }: FactProps) {
  return (
    <div className={styles.fact} data-wide={wide || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** For a failure: since when, after which good one. */
function Since({
  build,
  history,
}: {
  readonly build: BuildDetail;
  readonly history: Parameters<typeof failingSince>[0];
}) {
  const since = failingSince(history, build);
  if (since === undefined) return null;
  const { first, failures, lastGood } = since;
  if (failures === 1 && lastGood === undefined) return null;
  return (
    <p className={styles.since}>
      {first.id === build.id ? (
        'The first failure here'
      ) : (
        <>
          Fails since{' '}
          <Link to="/builds/$id" params={{ id: String(first.id) }}>
            #{first.number}
          </Link>
          , <Ago at={first.startedAt} />, {failures} times now
        </>
      )}
      {lastGood === undefined ? (
        '.'
      ) : (
        <>
          ; the last good one is{' '}
          <Link to="/builds/$id" params={{ id: String(lastGood.id) }}>
            #{lastGood.number}
          </Link>
          {lastGood.revision === null ? null : (
            <>
              {' '}
              at <span className={styles.mono}>{lastGood.revision.slice(0, 10)}</span>
            </>
          )}
          .
        </>
      )}
    </p>
  );
}

/** The other tries of the same request. */
function Attempts({ build }: { readonly build: BuildDetail }) {
  const others = build.attempts.filter((attempt) => attempt.id !== build.id);
  if (others.length === 0) return null;
  return (
    <p className={styles.since}>
      Other tries of this request:{' '}
      {others.map((attempt) => (
        <Link
          key={attempt.id}
          to="/builds/$id"
          params={{ id: String(attempt.id) }}
          className={styles.attempt}
        >
          <Mark name={attempt.result ?? 'running'} size={12} /> #{attempt.number}
        </Link>
      ))}
    </p>
  );
}
