/** What goes when it is older than `days`, or not among the newest `count` of its builder. What is not said has no limit. */
export interface RetentionLimit {
  /** Since its end; fractions are understood. */
  readonly days?: number;
  /** Builds of the builder. */
  readonly count?: number;
}

/** What is kept of a builder's builds. Nothing said: everything, for ever. */
export interface BuilderRetention {
  /**
   * Builds with all that is theirs. One that runs, one that is to be tried again, and the last green one stay whatever
   * their age.
   */
  readonly builds?: RetentionLimit;
  /** The bytes of logs: the build stays, and says when its logs went. */
  readonly logs?: RetentionLimit;
}

/** What is kept. */
export interface RetentionConfig extends BuilderRetention {
  /**
   * Events: who comes with an older cursor is told to begin anew. Null: for ever.
   * @defaultValue { days: 30 }
   */
  readonly events?: { readonly days: number | null };
  /**
   * Changes that every scheduler has seen. Null: for ever.
   * @defaultValue { days: 365 }
   */
  readonly changes?: { readonly days: number | null };
  /**
   * Workers that are in no config and not connected, and masters that have stopped. Null: for ever.
   * @defaultValue { days: 90 }
   */
  readonly workers?: { readonly days: number | null };
}
