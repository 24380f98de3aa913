import { ago, duration } from './duration.ts';
import { useNow } from './use-now.ts';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** How long ago, ticking, with the exact time at hand. */
export function Ago({ at, suffix = true }: { readonly at: number; readonly suffix?: boolean }) {
  const now = useNow(5_000);
  const ms = Math.max(0, now - at);
  const text = ago(ms);
  return (
    <time dateTime={new Date(at).toISOString()} title={exact.format(at)}>
      {suffix && text !== 'now' ? `${text} ago` : text}
    </time>
  );
}

/** How long something took, or takes: ticking while it has no end. */
export function Took({ from, to }: { readonly from: number; readonly to: number | null }) {
  const now = useNow(to === null ? 1_000 : undefined);
  return <span>{duration((to ?? Math.max(now, from)) - from)}</span>;
}
