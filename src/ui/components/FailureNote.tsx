import { useState } from 'react';
import { sentenceOf } from '../state/notices';
import type { Failure } from './ErrorBoundary';
import { failureText } from './failureText';

/** What went wrong where something could not be drawn, and what can be done about it. */
export function FailureNote({ failure, onTryAgain }: { failure: Failure; onTryAgain: () => void }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(failureText(failure));
      setCopied('yes');
    } catch {
      setCopied('refused');
    }
  };
  return (
    <>
      <p className="warning failure-sentence" role="alert">
        {sentenceOf(failure.error)}
      </p>
      <div className="failure-buttons">
        <button type="button" className="button" onClick={onTryAgain}>
          Try again
        </button>
        <button type="button" className="button" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy details'}
        </button>
      </div>
      {copied === 'refused' && <pre className="failure-details">{failureText(failure)}</pre>}
    </>
  );
}
