/** Kinds of project, in the order in which their builders stand. */
export const projectKinds = ['node', 'python', 'rust', 'go', 'cmake', 'make'] as const;
export type ProjectKind = (typeof projectKinds)[number];

/** What was made of one kind's files. */
export interface Recognised {
  readonly kind: ProjectKind;
  /** The files that say so, for people. */
  readonly because: readonly string[];
  /** In their order; never empty. */
  readonly steps: readonly StepLine[];
  readonly env: Readonly<Record<string, string>>;
  /** What the steps call. */
  readonly tools: readonly Tool[];
}

export interface StepLine {
  /** A shell line. */
  readonly line: string;
  /** Why it is so, where the line does not tell: a comment. */
  readonly why?: string;
}

/** A program that must be there. */
export interface Tool {
  readonly command: string;
  /** How it is installed, for people: a Debian package or a sentence. */
  readonly from: string;
  /** Arguments with which it succeeds where it is complete, if being there is not enough. */
  readonly probe?: readonly string[];
  /** What is missing where the probe fails. */
  readonly part?: string;
}

/** Looks at a folder's files; undefined where this kind is not there. */
export type Recognise = (files: ProjectFiles) => Recognised | undefined;

/** The files of a folder that a commit would have, ignored ones left out. Names have slashes. */
export interface ProjectFiles {
  has(name: string): boolean;
  /** All names that match, sorted. */
  matching(pattern: RegExp): readonly string[];
  /** The text; empty where the file is not there or cannot be read. */
  text(name: string): string;
}
