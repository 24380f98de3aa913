/** How a store stands, as somebody sees it who opens it beside its masters. Nothing of it is changed. */
export interface Examination {
  /** 0: an empty one. */
  readonly schema: number;
  /** Sentences: what is not sound. Empty: all is. */
  readonly damages: readonly string[];
  /** Sentences: what is sound and should not be. */
  readonly oddities: readonly string[];
  readonly bytes: number;
  /** How far the store's clock is ahead of this machine's; null: it has none of its own. */
  readonly clockAheadMs: number | null;
}
