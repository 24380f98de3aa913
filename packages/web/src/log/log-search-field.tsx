import { useState } from 'react';
import type { LogMatches } from '@millrace/protocol/api/logs';
import { get } from '../api/call.ts';
import { Button } from '../parts/button.tsx';
import { firstMatch, searchSentence, step } from './log-search.ts';
import type { AskMatches, Search } from './log-search.ts';
import styles from './log-search-field.module.css';

interface LogSearchFieldProps {
  readonly log: number;
  /** A line that was found, from 1. */
  readonly onLine: (line: number) => void;
}

/** Looks for a text in a log: the master looks, the page shows one line after the other. */
export function LogSearchField({ log, onLine }: LogSearchFieldProps) {
  const [text, setText] = useState('');
  const [search, setSearch] = useState<Search>();
  const [told, setTold] = useState('');
  const ask: AskMatches = (wanted, cursor) =>
    get<LogMatches>(`/logs/${log}/search`, { text: wanted, cursor, limit: 1000 });

  const look = async (by: 1 | -1): Promise<void> => {
    if (text === '') return;
    setTold('looking …');
    try {
      const found = search?.text === text ? await step(ask, search, by) : await firstMatch(ask, text);
      setSearch(found);
      setTold(searchSentence(found));
      const line = found.matches[found.index]?.line;
      if (line !== undefined) onLine(line + 1);
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <form
      className={styles.search}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        void look(1);
      }}
    >
      <input
        data-log-search
        className={styles.field}
        type="search"
        aria-label="Look for a text in the log"
        placeholder="Look for …"
        value={text}
        maxLength={1000}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.shiftKey) {
            event.preventDefault();
            void look(-1);
          }
        }}
      />
      {search === undefined || text !== search.text ? null : (
        <>
          <Button look="quiet" aria-label="The one before" onClick={() => void look(-1)}>
            ↑
          </Button>
          <Button look="quiet" aria-label="The next one" onClick={() => void look(1)}>
            ↓
          </Button>
        </>
      )}
      <span className={styles.told} role="status">
        {told}
      </span>
    </form>
  );
}
