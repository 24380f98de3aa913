import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Worker } from '@millrace/protocol/api/workers';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { holdWorker, resumeWorker } from '../../parts/fleet-acts.ts';
import type { HoldAct } from '../../parts/fleet-acts.ts';
import styles from './worker-acts.module.css';

const words: Readonly<
  Record<HoldAct, { readonly title: string; readonly about: string; readonly act: string }>
> = {
  pause: { title: 'Pause', about: 'It is given no new builds; what runs there goes on.', act: 'Pause' },
  drain: {
    title: 'Drain',
    about: 'It is given no new builds, and says so here when the last one has ended: then it can be stopped.',
    act: 'Drain',
  },
};

/** Pause, drain and resume: what a person does about a machine. */
export function WorkerActs({ worker }: { readonly worker: Worker }) {
  const held = useQueryClient();
  const [asked, setAsked] = useState<HoldAct>();
  return (
    <div className={styles.acts}>
      {worker.hold === null ? (
        <Button look="quiet" aria-label={`Pause ${worker.name}`} onClick={() => setAsked('pause')}>
          Pause
        </Button>
      ) : (
        <Button aria-label={`Resume ${worker.name}`} onClick={() => void resumeWorker(worker.name, held)}>
          Resume
        </Button>
      )}
      {worker.hold === null || worker.hold.state === 'paused' ? (
        <Button look="quiet" aria-label={`Drain ${worker.name}`} onClick={() => setAsked('drain')}>
          Drain
        </Button>
      ) : null}
      {asked === undefined ? null : (
        <HoldDialog worker={worker.name} act={asked} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}

interface HoldDialogProps {
  readonly worker: string;
  readonly act: HoldAct;
  readonly onClose: () => void;
}

/** Asks why, for whoever wonders later. */
function HoldDialog({ worker, act, onClose }: HoldDialogProps) {
  const held = useQueryClient();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const taken = await holdWorker(worker, act, reason.trim(), held);
    setBusy(false);
    if (taken) onClose();
  };
  const { title, about, act: verb } = words[act];
  return (
    <Dialog title={`${title} ${worker}`} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '' && !busy) void submit();
        }}
      >
        <p>{about}</p>
        <label className={styles.label}>
          Why
          <input
            className={styles.field}
            data-first
            value={reason}
            maxLength={1000}
            placeholder="for whoever wonders later"
            autoComplete="off"
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <Button look="main" type="submit" disabled={busy || reason.trim() === ''}>
          {verb}
        </Button>
      </form>
    </Dialog>
  );
}
