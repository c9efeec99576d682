import type { ReactNode } from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { FailureNote } from '../components/FailureNote';

/** A room that cannot be drawn says so in its own place; bar, notices and the other rooms stay, and so does all the state. */
export function RoomBoundary({ name, children }: { name: string; children: ReactNode }) {
  return (
    <ErrorBoundary
      fallback={(failure, tryAgain) => (
        <main className="prose-room" data-testid="room-failure">
          <h1>{name} cannot be shown</h1>
          <p>
            Something in this room could not be drawn. The other rooms go on, and what is open, running or
            stored is kept.
          </p>
          <FailureNote failure={failure} onTryAgain={tryAgain} />
        </main>
      )}
    >
      {children}
    </ErrorBoundary>
  );
}
