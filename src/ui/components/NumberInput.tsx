import { useEffect, useId, useRef, useState } from 'react';
import { type NumberRule, readNumber, ruleText } from './numberField';
import { typedNumber } from './typedNumber';

const shown = (value: number | null) => String(value ?? '');

interface NumberInputProps extends Omit<NumberRule, 'kind'> {
  label: string;
  kind?: NumberRule['kind'];
  /** null: nobody has said yet. */
  value: number | null;
  disabled?: boolean;
  /** Much work begins with each value: it waits until typing has come to rest. */
  isDear?: boolean;
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
 * are typed; a dear one so, too, and after a rest, for arrows step through it. What is not allowed stays to be seen, with the sentence
 * that says what is, until it is mended or the field is left, which shows the value in force; until then nothing is started (RunButton).
 */
export function NumberInput({
  label,
  kind = 'whole',
  value,
  min,
  max,
  disabled,
  isDear,
  onChange,
}: NumberInputProps) {
  const id = useId();
  const rule = { kind, min, max };
  const [draft, setDraft] = useState<Draft | null>(null);
  const typed = draft && readNumber(draft.text, rule);
  const tell = useRef(onChange);
  tell.current = onChange;
  const [counting] = useState(() =>
    typedNumber(value, isDear ? REST : kind === 'whole' ? 0 : Number.POSITIVE_INFINITY, (next) =>
      tell.current(next),
    ),
  );
  useEffect(() => counting.drop, [counting]);
  // Another value from elsewhere is what is in force, whatever was being typed.
  useEffect(() => {
    if (counting.arrives(value)) setDraft(null);
  }, [value]);
  const isEmpty = draft?.text.trim() === '' && !draft.isUnread;
  const isWrong = draft !== null && typed === null && !(isEmpty && value === null);
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
          counting.type(readNumber(target.value, rule));
        }}
        onKeyDown={({ key }) => key === 'Enter' && counting.settle()}
        onBlur={({ target }) => {
          counting.settle();
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

/** Ms; slower than one types or clicks an arrow. */
const REST = 700;

const WHOLE = { type: 'number', inputMode: 'numeric', step: 1 } as const;
const DECIMAL = { type: 'text', inputMode: 'decimal', autoComplete: 'off', spellCheck: false } as const;
