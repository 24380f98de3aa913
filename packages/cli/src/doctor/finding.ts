/** `skip`: there was nothing to look at. */
const statuses = ['ok', 'skip', 'warn', 'fail'] as const;
export type Status = (typeof statuses)[number];

/** What was looked at, how it stands, and what to do where it does not stand well. */
export interface Finding {
  readonly status: Status;
  /** What was looked at: `disk of the data folder`. */
  readonly what: string;
  readonly detail: string;
  readonly todo?: string;
}

export const ok = (what: string, detail: string): Finding => ({ status: 'ok', what, detail });
export const skip = (what: string, detail: string): Finding => ({ status: 'skip', what, detail });
export const warn = (what: string, detail: string, todo: string): Finding => ({
  status: 'warn',
  what,
  detail,
  todo,
});
export const fail = (what: string, detail: string, todo: string): Finding => ({
  status: 'fail',
  what,
  detail,
  todo,
});

/** The gravest of them. */
export function worst(findings: readonly Finding[]): Status {
  return findings.reduce<Status>(
    (most, { status }) => (statuses.indexOf(status) > statuses.indexOf(most) ? status : most),
    'ok',
  );
}
