import type { ReactNode } from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { FailureNote } from '../components/FailureNote';

interface Props {
  name: string;
  /** Before it is drawn again. */
  onTryAgain: () => void;
  children: ReactNode;
}

/** A room that cannot be drawn says so in its own place; bar, notices and the other rooms stay, and so does all the state. */
export function RoomBoundary({ name, onTryAgain, children }: Props) {
  return (
    <ErrorBoundary
      fallback={(failure, tryAgain) => (
        <main className="prose-room" data-testid="room-failure">
          <h1>{name} cannot be shown</h1>
          <p>
            Something in this room could not be drawn. The other rooms go on, and what is open, running or
            stored is kept.
          </p>
          <FailureNote
            failure={failure}
            onTryAgain={() => {
              onTryAgain();
              tryAgain();
            }}
          />
        </main>
      )}
    >
      {children}
    </ErrorBoundary>
  );
}
