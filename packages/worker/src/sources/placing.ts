import type { PlannedCheckout } from '@millrace/protocol/plan';
import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import type { StepContext } from '../steps/step.ts';
import type { LoggedCommands } from './logged-commands.ts';

/** What is to be put where. */
export interface Placing {
  readonly step: PlannedCheckout;
  readonly context: StepContext;
  readonly commands: LoggedCommands;
  /** Absolute. */
  readonly folder: string;
  readonly url: string;
  readonly branch: string;
  readonly revision: string;
  readonly credentials: OpenedCredentials | undefined;
}

/** How it went. `of`: a submodule, where it is not of the repository itself. */
export type Placed =
  | { readonly kind: 'placed' }
  /** The repository was reached, and has no such revision. */
  | { readonly kind: 'missing'; readonly revision: string; readonly empty: boolean; readonly of?: string }
  /** What the repository itself says is not done: a sentence about what and why. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string; readonly of?: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'stopped' };
