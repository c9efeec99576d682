import type { ComponentProps } from 'react';

interface RunButtonProps extends Omit<ComponentProps<'button'>, 'onClick' | 'onKeyDown' | 'type'> {
  isOff: boolean;
  onPress: () => void;
}

/**
 * The button of a run, one element from start to end, never `disabled` but `aria-disabled`, so that the keyboard's focus stays on it.
 * A key held down would start and cancel in turn; so would a double click.
 */
export function RunButton({ isOff, onPress, ...rest }: RunButtonProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-disabled={isOff}
      onKeyDown={(event) => event.repeat && event.preventDefault()}
      onClick={(event) => event.detail <= 1 && !isOff && onPress()}
    />
  );
}
