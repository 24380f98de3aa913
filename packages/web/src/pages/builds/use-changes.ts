import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Change } from '@millrace/protocol/api/changes';
import { queries } from '../../api/queries.ts';

/** The latest changes by their revision: what a build in a list is about. */
export function useChanges(): ReadonlyMap<string, Change> {
  const { data } = useQuery(queries.changes());
  return useMemo(() => new Map((data?.items ?? []).map((change) => [change.revision, change])), [data]);
}
