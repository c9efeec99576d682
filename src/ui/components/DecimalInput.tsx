import { useEffect, useState } from 'react';

/** A number from min on. What is typed counts once it is one; leaving the field shows the value in force. */
export function DecimalInput({
  label,
  value,
  min = 0,
  onChange,
}: {
  label: string;
  value: number;
  min?: number;
  onChange: (value: number) => void;
}) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          const next = Number(text.replace(',', '.'));
          if (text.trim() && Number.isFinite(next) && next >= min) onChange(next);
          else setText(String(value));
        }}
      />
    </label>
  );
}
