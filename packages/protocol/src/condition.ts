import type { PropertyValue } from './property.ts';
import type { Result } from './result.ts';

/**
 * Whether a step runs, as data in the plan: the slot evaluates it when the step's turn comes. It holds, does not
 * hold, or cannot be known (which files changed, where nobody told); what cannot be known does not keep a step from
 * running.
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'value'; readonly of: ConditionValue; readonly test: ValueTest }
  /** Of an earlier step by its name; null: of the build so far. */
  | { readonly kind: 'result'; readonly step: string | null; readonly in: readonly Result[] }
  /** `some`: one of the files is like one of the globs. `every`: each of them is. */
  | { readonly kind: 'changed-files'; readonly files: 'some' | 'every'; readonly globs: readonly string[] };

/** A value that is known at the latest when the step's turn comes. */
export type ConditionValue =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'fact'; readonly name: FactName }
  /** The version of a tool that the worker found. */
  | { readonly kind: 'tool'; readonly name: string };

/** What a condition may ask of the worker. */
export const factNames = ['os', 'release', 'architecture', 'hostname', 'image', 'worker'] as const;
export type FactName = (typeof factNames)[number];

export type ValueTest =
  /** Equal to one of them. */
  | { readonly kind: 'is'; readonly values: readonly PropertyValue[] }
  /** As text, like one of the globs. */
  | { readonly kind: 'like'; readonly globs: readonly string[] }
  | { readonly kind: 'set' };

/** The files that a change touched, as far as a plan carries them. */
export interface ChangedFiles {
  readonly files: readonly string[];
  /** False: there are more than these. */
  readonly complete: boolean;
}

/** Bounds of the files that a plan carries, and of conditions. */
export const changedFilesMax = 2_000;
export const changedFilesCharactersMax = 256 * 1024;
export const conditionDepthMax = 20;
export const conditionPartsMax = 500;
export const globLengthMax = 500;
