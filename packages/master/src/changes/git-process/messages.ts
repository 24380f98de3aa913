import type { GitHead, GitLog, GitRepository, Resolved, Wanted } from '../git-reader.ts';

/** What the master asks its git process. Answers come in any order, by number. */
export type GitQuestion =
  | { readonly kind: 'heads'; readonly repository: GitRepository }
  | {
      readonly kind: 'log';
      readonly repository: GitRepository;
      readonly from: string | null;
      readonly to: string;
      readonly limit: number;
    }
  | { readonly kind: 'resolve'; readonly repository: GitRepository; readonly wanted: Wanted };

export interface ToGitProcess {
  readonly number: number;
  readonly question: GitQuestion;
}

export type GitAnswer = readonly GitHead[] | GitLog | Resolved;

export type FromGitProcess = { readonly number: number } & (
  | { readonly kind: 'answered'; readonly answer: GitAnswer }
  | { readonly kind: 'failed'; readonly message: string }
);
