import { useEffect, useId, useState } from 'react';
import { type NumberRule, readNumber, ruleText } from './numberField';

const shown = (value: number | null) => String(value ?? '');

interface NumberInputProps extends Omit<NumberRule, 'kind'> {
  label: string;
  kind?: NumberRule['kind'];
  /** null: nobody has said yet. */
  value: number | null;
  disabled?: boolean;
  onChange: (value: number) => void;
}

/** What was typed. */
interface Draft {
  text: string;
  /** The browser itself knows it for no number, and does not tell the text. */
  isUnread: boolean;
}

/**
 * A number of a range. A whole one counts as it is typed, a decimal one when the field is left or by Enter, for on the way to it others
 * are typed. What is not allowed stays to be seen, with the sentence that says what is, until it is mended or the field is left, which
 * shows the value in force; until then nothing is started (RunButton).
 */
export function NumberInput({
  label,
  kind = 'whole',
  value,
  min,
  max,
  disabled,
  onChange,
}: NumberInputProps) {
  const id = useId();
  const rule = { kind, min, max };
  const [draft, setDraft] = useState<Draft | null>(null);
  const typed = draft && readNumber(draft.text, rule);
  // Another value from elsewhere is what is in force, whatever was being typed.
  useEffect(() => {
    if (typed !== value) setDraft(null);
  }, [value]);
  const isEmpty = draft?.text.trim() === '' && !draft.isUnread;
  const isWrong = draft !== null && typed === null && !(isEmpty && value === null);
  const settle = () => {
    if (typed !== null && typed !== value) onChange(typed);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        {...(kind === 'whole' ? WHOLE : DECIMAL)}
        {...(kind === 'whole' && { min, max })}
        disabled={disabled}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-rule` : undefined}
        value={draft?.text ?? shown(value)}
        onChange={({ target }) => {
          setDraft({ text: target.value, isUnread: target.validity.badInput });
          const next = readNumber(target.value, rule);
          if (kind === 'whole' && next !== null) onChange(next);
        }}
        onKeyDown={({ key }) => key === 'Enter' && settle()}
        onBlur={({ target }) => {
          settle();
          setDraft(null);
          // Of what it does not tell the browser's own text stays otherwise.
          if (draft?.isUnread) target.value = shown(value);
        }}
      />
      <p className="field-rule" id={`${id}-rule`} aria-live="polite">
        {isWrong && ruleText(rule)}
      </p>
    </div>
  );
}

const WHOLE = { type: 'number', inputMode: 'numeric', step: 1 } as const;
const DECIMAL = { type: 'text', inputMode: 'decimal', autoComplete: 'off', spellCheck: false } as const;
