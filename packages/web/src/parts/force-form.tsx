import { useState } from 'react';
import type { Builder } from '@millrace/protocol/api/builders';
import type { Force } from '@millrace/protocol/api/builds';
import { forceCommand } from '../words/force-command.ts';
import { parseProperties } from '../words/parse-properties.ts';
import { forceBuild } from './build-acts.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import styles from './force-form.module.css';

interface ForceFormProps {
  readonly builder: Builder;
  readonly onForced?: () => void;
}

/** Asks for a build: of the branch's head, or of a revision; with properties as `name=value` lines. */
export function ForceForm({ builder, onForced }: ForceFormProps) {
  const [branch, setBranch] = useState('');
  const [revision, setRevision] = useState('');
  const [properties, setProperties] = useState('');
  const [busy, setBusy] = useState(false);
  const parsed = parseProperties(properties);
  const asked: Force = {
    ...(branch.trim() === '' ? {} : { branch: branch.trim() }),
    ...(revision.trim() === '' ? {} : { revision: revision.trim() }),
    ...(parsed.kind === 'parsed' && parsed.properties.length > 0
      ? { properties: Object.fromEntries(parsed.properties.map(({ name, value }) => [name, value])) }
      : {}),
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    const taken = await forceBuild(builder.name, asked);
    setBusy(false);
    if (taken) onForced?.();
  };
  const command = forceCommand({
    builder: builder.name,
    branch: asked.branch ?? null,
    revision: asked.revision ?? null,
    properties: parsed.kind === 'parsed' ? parsed.properties : [],
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.kind === 'parsed' && !busy) void submit();
      }}
    >
      {builder.repository === null ? null : (
        <>
          <label className={styles.label}>
            Branch
            <input
              className={styles.field}
              data-first
              value={branch}
              placeholder={builder.branch ?? 'the default branch'}
              autoComplete="off"
              onChange={(event) => setBranch(event.target.value)}
            />
          </label>
          <label className={styles.label}>
            Revision
            <input
              className={`${styles.field} ${styles.mono}`}
              value={revision}
              placeholder="the branch’s head"
              autoComplete="off"
              onChange={(event) => setRevision(event.target.value)}
            />
          </label>
        </>
      )}
      <label className={styles.label}>
        Properties
        <textarea
          className={`${styles.field} ${styles.mono}`}
          rows={2}
          value={properties}
          placeholder="name=value, one a line"
          aria-invalid={parsed.kind === 'wrong'}
          onChange={(event) => setProperties(event.target.value)}
        />
      </label>
      {parsed.kind === 'wrong' ? (
        <p className={styles.wrong} role="alert">
          {parsed.message}
        </p>
      ) : null}
      <div className={styles.end}>
        <Button look="main" type="submit" disabled={busy || parsed.kind === 'wrong'}>
          Force a build
        </Button>
        <CopyButton text={command} title={command}>
          Copy as command
        </CopyButton>
      </div>
    </form>
  );
}
