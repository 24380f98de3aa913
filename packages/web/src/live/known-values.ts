import type { Reason, Result } from '@millrace/protocol/result';
import { reasonWords } from '../words/reason-words.ts';

/** The protocol's values, for comparing: the pages take only its types, and the compiler holds these to them. */
const resultTable: Readonly<Record<Result, true>> = {
  skipped: true,
  success: true,
  warnings: true,
  failure: true,
  exception: true,
  cancelled: true,
};
export const results = Object.keys(resultTable) as Result[];
export const reasons = Object.keys(reasonWords) as Reason[];
