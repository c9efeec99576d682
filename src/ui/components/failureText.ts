import type { Failure } from './ErrorBoundary';

/** Everything that a report of the failure needs: the error, where in the program, and in which components. */
export function failureText({ error, componentStack }: Failure): string {
  const told = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  // Not every browser's stack begins with the message.
  const message = String(error);
  const parts = told.includes(message) ? [told] : [message, told];
  return [...parts, ...(componentStack ? [`In:${componentStack}`] : [])].join('\n');
}
