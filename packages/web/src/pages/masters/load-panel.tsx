import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { LoadMark } from '@millrace/protocol/api/profiles';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { useNow } from '../../time/use-now.ts';
import pageStyles from '../page.module.css';
import { LoadCharts } from './load-charts.tsx';
import { figuresOf } from './load-figures.ts';
import styles from './load-panel.module.css';
import { neighbour, shownLoad, spans } from './load-range.ts';
import type { LoadRange, LoadSearch, SpanName } from './load-range.ts';
import { LoadTable } from './load-table.tsx';
import panel from './panel.module.css';

const route = getRouteApi('/masters/$name');
const marksOffered = 50;

/** Load by minute, over an hour up to a year; with what came before a moment beside it. */
export function LoadPanel({ master }: { readonly master: string }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const now = useNow(60_000);
  const asked = shownLoad(search, now);
  const { span, shown, before } = asked;
  const load = useQuery({ ...queries.load(master, shown), placeholderData: keepPreviousData });
  const compared = useQuery({
    ...queries.load(master, before ?? shown),
    enabled: before !== undefined,
    placeholderData: keepPreviousData,
  });
  const then = before === undefined ? undefined : compared.data;
  const go = (place: LoadSearch): void =>
    void navigate({ to: '/masters/$name', params: { name: master }, search: { ...spanIn(span), ...place } });
  useKeys('Load', [
    { keys: '[', label: 'Earlier', act: () => go(neighbour(asked, -1, now)) },
    { keys: ']', label: 'Later', act: () => go(neighbour(asked, 1, now)) },
  ]);
  return (
    <section aria-labelledby="load">
      <div className={panel.head}>
        <h2 id="load" className={panel.title}>
          Load
        </h2>
        <Compare
          marks={load.data?.marks ?? []}
          split={search.split}
          from={shown.from}
          onSplit={(split) => go(split === undefined ? {} : { split })}
        />
        <nav className={styles.spans} aria-label="How much time">
          <Link
            to="/masters/$name"
            params={{ name: master }}
            search={{ ...spanIn(span), ...neighbour(asked, -1, now) }}
            className={styles.span}
            aria-label="Earlier"
            title="Earlier"
          >
            ←
          </Link>
          {(Object.keys(spans) as SpanName[]).map((name) => (
            <Link
              key={name}
              to="/masters/$name"
              params={{ name: master }}
              search={{ ...spanIn(name), ...(search.split === undefined ? {} : { split: search.split }) }}
              className={styles.span}
              data-current={name === span}
              aria-current={name === span}
            >
              {spans[name].word}
            </Link>
          ))}
          <Link
            to="/masters/$name"
            params={{ name: master }}
            search={{ ...spanIn(span), ...neighbour(asked, 1, now) }}
            className={styles.span}
            aria-label="Later"
            title="Later"
          >
            →
          </Link>
        </nav>
      </div>
      <div className={`${pageStyles.card} ${panel.inside}`}>
        <p className={styles.stretch}>
          {stretchText(shown)}
          {before === undefined ? null : (
            <span className={pageStyles.faint}>; dashed, and before: {stretchText(before)}</span>
          )}
        </p>
        {load.isPending ? <Skeleton rows={8} height={40} /> : null}
        {load.isError ? <Trouble error={load.error} onRetry={() => void load.refetch()} /> : null}
        {before !== undefined && compared.isError ? (
          <Trouble error={compared.error} onRetry={() => void compared.refetch()} />
        ) : null}
        {load.data?.points.length === 0 ? (
          <p className={pageStyles.empty}>
            Nothing was written down in this time: a minute is, when it is over.
          </p>
        ) : null}
        {load.data === undefined || load.data.points.length === 0 ? null : (
          <>
            <LoadCharts load={load.data} before={then} />
            <LoadTable now={figuresOf(load.data.points)} before={then && figuresOf(then.points)} />
          </>
        )}
      </div>
    </section>
  );
}

interface CompareProps {
  readonly marks: readonly LoadMark[];
  readonly split: string | undefined;
  readonly from: number;
  readonly onSplit: (split: string | undefined) => void;
}

/** Whether what is shown is held against what came before: before the stretch, or before a deployment in it. */
function Compare({ marks, split, from, onSplit }: CompareProps) {
  const offered = marks.toReversed().slice(0, marksOffered);
  const isOffered = split === undefined || offered.some(({ at }) => String(at) === split);
  return (
    <label className={styles.compare}>
      Compare with
      <select
        className={styles.select}
        value={split ?? ''}
        onChange={(event) => onSplit(event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">nothing</option>
        {isOffered ? null : <option value={split}>before {momentFormat.format(Number(split))}</option>}
        {offered.some(({ at }) => at === from) || split !== undefined ? null : (
          <option value={String(from)}>as long before this</option>
        )}
        {offered.map((mark) => (
          <option key={`${mark.at} ${mark.kind}`} value={String(mark.at)}>
            before {momentFormat.format(mark.at)}: {markWords(mark)}
          </option>
        ))}
      </select>
    </label>
  );
}

function markWords({ kind, version }: LoadMark): string {
  switch (kind) {
    case 'version':
      return `version ${version}`;
    case 'started':
      return 'started';
    case 'reloaded':
      return 'config reloaded';
    default:
      return kind;
  }
}

const spanIn = (span: SpanName): LoadSearch => (span === 'day' ? {} : { span });

const momentFormat = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const stretchText = ({ from, to }: LoadRange): string => momentFormat.formatRange(from, to);
