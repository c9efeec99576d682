import { Component, type ErrorInfo, type ReactNode } from 'react';

export interface Failure {
  error: unknown;
  /** In which components; null until React has told. */
  componentStack: string | null;
}

interface Props {
  children: ReactNode;
  /** Stands in for the children. `tryAgain` draws them anew, from the state as it is then. */
  fallback: (failure: Failure, tryAgain: () => void) => ReactNode;
}

/** Keeps an error of drawing to the part of the page that could not be drawn: without it React takes the whole page away. */
export class ErrorBoundary extends Component<Props, { failure: Failure | null }> {
  override state: { failure: Failure | null } = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    return { failure: { error, componentStack: null } };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ failure: { error, componentStack: componentStack ?? null } });
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return this.props.fallback(failure, () => this.setState({ failure: null }));
  }
}
