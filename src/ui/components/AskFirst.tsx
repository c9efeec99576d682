import { type ReactNode, useEffect, useRef, useState } from 'react';
import './askFirst.css';

/** A button that does at once what nothing hangs on; else the question takes its place, and the keyboard goes on from Keep. */
export function AskFirst({
  question,
  yes,
  subject,
  testId,
  onYes,
  children,
}: {
  /** Null: nothing is asked. */
  question: string | null;
  /** The word that does it. */
  yes: string;
  /** What it is done to, where the buttons are read without it. */
  subject: string;
  testId?: string;
  onYes: () => void;
  /** What is there while nothing is asked; pressing its button calls `press`. */
  children: (press: () => void) => ReactNode;
}) {
  const [isAsking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone: the keyboard goes on from the harmless one.
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);
  // What it was asked for may be saved or done meanwhile.
  if (!isAsking || question === null)
    return children(() => {
      if (question === null) onYes();
      else setAsking(true);
    });
  const hidden = <span className="visually-hidden">: {subject}</span>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be styled as a form's
    <div
      role="group"
      className="ask-first"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        setAsking(false);
      }}
    >
      <span>{question}</span>
      <button
        type="button"
        className="button small"
        data-testid={testId}
        onClick={() => {
          setAsking(false);
          onYes();
        }}
      >
        {yes}
        {hidden}
      </button>
      <button ref={keep} type="button" className="button small" onClick={() => setAsking(false)}>
        Keep{hidden}
      </button>
    </div>
  );
}
