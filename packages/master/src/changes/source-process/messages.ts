import type { Resolved, SourceHead, SourceLog, SourceRepository, Wanted, Way } from '../source-reader.ts';
import type { TroubleKind } from '../source-trouble.ts';

/** What the master asks the process that reads repositories. Answers come in any order, by number. */
export type SourceQuestion = { readonly repository: SourceRepository } & (
  | { readonly kind: 'heads'; readonly tags: boolean }
  | { readonly kind: 'log'; readonly way: Way }
  | { readonly kind: 'resolve'; readonly wanted: Wanted }
);

export interface ToSourceProcess {
  readonly number: number;
  readonly question: SourceQuestion;
}

export type SourceAnswer = readonly SourceHead[] | SourceLog | Resolved;

export type FromSourceProcess = { readonly number: number } & (
  | { readonly kind: 'answered'; readonly answer: SourceAnswer }
  | { readonly kind: 'failed'; readonly trouble: TroubleKind; readonly message: string }
);
