import type { ComponentProps } from 'react';
import { wrongField } from './numberField';

interface RunButtonProps extends Omit<ComponentProps<'button'>, 'onClick' | 'onKeyDown' | 'type'> {
  isOff: boolean;
  onPress: () => void;
}

/**
 * The button of a run, one element from start to end, never `disabled` but `aria-disabled`, so that the keyboard's focus stays on it.
 * A key held down would start and cancel in turn; so would a double click. Where a field has what it may not have, nothing starts.
 */
export function RunButton({ isOff, onPress, ...rest }: RunButtonProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-disabled={isOff}
      // The focus stays in such a field, or what is typed there would go, and the run start with what nobody has seen.
      onMouseDown={(event) => {
        const field = wrongField();
        if (!field) return;
        event.preventDefault();
        field.scrollIntoView({ block: 'nearest' });
      }}
      onKeyDown={(event) => event.repeat && event.preventDefault()}
      onClick={(event) => event.detail <= 1 && !isOff && !wrongField() && onPress()}
    />
  );
}
