import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Build } from '@millrace/protocol/api/builds';
import type { Builder } from '@millrace/protocol/api/builders';
import styles from './filters.module.css';

interface Search {
  readonly builder?: string;
  readonly branch?: string;
  readonly show?: string;
}

interface FiltersProps {
  readonly search: Search;
  readonly builders: readonly Builder[];
  readonly builds: readonly Build[];
}

const shows: readonly { readonly value: string | undefined; readonly label: string }[] = [
  { value: undefined, label: 'All' },
  { value: 'running', label: 'Running' },
  { value: 'broken', label: 'Broken' },
  { value: 'warnings', label: 'Warnings' },
  { value: 'success', label: 'Green' },
];

/** What the list is narrowed to: the address bar has it, so that it can be sent to somebody. */
export function Filters({ search, builders, builds }: FiltersProps) {
  const navigate = useNavigate();
  const go = (change: Search): void => {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...change }).filter(([, value]) => value),
    ) as Search;
    void navigate({ to: '/', search: next, replace: true });
  };
  const branches = [...new Set(builds.map((build) => build.branch ?? ''))].filter((branch) => branch !== '');
  const branch = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (branch.current !== null) branch.current.value = search.branch ?? '';
  }, [search.branch]);
  return (
    <div className={styles.filters} role="search" aria-label="Filter builds">
      <div className={styles.shows} role="group" aria-label="State">
        {shows.map(({ value, label }) => {
          const { show: _, ...rest } = search;
          return (
            <Link
              key={label}
              to="/"
              replace
              search={value === undefined ? rest : { ...rest, show: value }}
              className={styles.show}
              data-current={search.show === value}
            >
              {label}
            </Link>
          );
        })}
      </div>
      <select
        className={styles.field}
        aria-label="Builder"
        value={search.builder ?? ''}
        data-set={search.builder !== undefined}
        onChange={(event) => go({ builder: event.target.value })}
      >
        <option value="">Every builder</option>
        {builders.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go({ branch: branch.current?.value.trim() ?? '' });
          branch.current?.blur();
        }}
      >
        <input
          ref={branch}
          className={styles.field}
          data-filter
          data-set={search.branch !== undefined}
          autoComplete="off"
          list="branches"
          placeholder="Every branch"
          aria-label="Branch"
          defaultValue={search.branch ?? ''}
          onChange={(event) => {
            const { value } = event.target;
            if (value === '' || branches.includes(value)) go({ branch: value });
          }}
        />
      </form>
      <datalist id="branches">
        {branches.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
