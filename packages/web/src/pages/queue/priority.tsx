import { useQueryClient } from '@tanstack/react-query';
import type { Request } from '@millrace/protocol/api/requests';
import { Button } from '../../parts/button.tsx';
import { setPriority } from '../../parts/fleet-acts.ts';
import styles from './priority.module.css';

const least = -1000;
const most = 1000;
/** Far enough to go before most others at once, near enough to leave room between. */
const stepBy = 10;

/** What a request goes before: a number, and two buttons that move it. */
export function Priority({ request }: { readonly request: Pick<Request, 'id' | 'builder' | 'priority'> }) {
  const held = useQueryClient();
  const { priority, id } = request;
  const move = (by: number): void =>
    void setPriority(request, Math.min(most, Math.max(least, priority + by)), held);
  return (
    <span className={styles.priority}>
      <Button
        look="quiet"
        aria-label={`Let request ${id} go later`}
        disabled={priority <= least}
        onClick={() => move(-stepBy)}
      >
        −
      </Button>
      <span className={styles.number} title="Priority: higher goes first">
        {priority}
      </span>
      <Button
        look="quiet"
        aria-label={`Let request ${id} go sooner`}
        disabled={priority >= most}
        onClick={() => move(stepBy)}
      >
        +
      </Button>
    </span>
  );
}
